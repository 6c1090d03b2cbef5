package dev.coppice.merge;

/// What happens where both sides changed the same lines.
public enum ConflictPolicy {
    /// The joining stops there and says so.
    STOP,
    /// Conflicting parts, and only these, are as the result so far has them.
    OURS,
    /// Conflicting parts, and only these, are as the incoming head has them.
    THEIRS
}
