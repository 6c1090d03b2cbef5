package dev.coppice.git;

/// What became of a group of [RefUpdate]s, of which all happen or none.
public sealed interface RefsUpdated {
    /// All refs are as asked.
    record Done() implements RefsUpdated {}

    /// No ref was touched.
    ///
    /// @param reason the first ref that stood in the way, and why
    record Refused(String reason) implements RefsUpdated {}
}
