package dev.coppice.model;

/// The evidence without which a task is not done.
public enum Expectation {
    /// At least one file changed.
    CHANGES,
    /// Output that is not blank.
    REPORT,
    /// Nothing beyond the end of the program without an error.
    ANY
}
