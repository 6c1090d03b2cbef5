package dev.coppice.agent;

import java.nio.file.Path;
import java.util.Optional;

/// Whether an agent can be used on this machine.
public sealed interface Availability {
    /// It can.
    ///
    /// @param version as the program tells it; empty for programs that are not asked
    record Usable(Path program, Optional<String> version) implements Availability {}

    /// Its program is not there.
    ///
    /// @param advice what a person can do
    record Missing(String program, String advice) implements Availability {}

    /// Its program is there, but has no account to work with.
    record NotLoggedIn(Path program, String advice) implements Availability {}
}
