package dev.coppice.runtime;

/// What became of opening Coppice where the user stands.
public sealed interface Opening {
    /// It is open; whoever has it closes it.
    record Opened(Coppice coppice) implements Opening {}

    /// It can't be.
    record Refused(Refusal refusal) implements Opening {}
}
