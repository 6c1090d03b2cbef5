package dev.coppice.cli;

import picocli.CommandLine.Model.CommandSpec;

/// What one command does.
interface Action {
    /// Adds the command's parameters and options.
    void describe(CommandSpec spec);

    /// Does it and answers with the exit code.
    ///
    /// @throws CommandFailure where it can't be done
    int run(Invocation call) throws InterruptedException;
}
