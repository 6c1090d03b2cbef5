package dev.coppice.attempt;

import dev.coppice.git.Git;
import dev.coppice.merge.Merges;
import dev.coppice.process.Processes;
import dev.coppice.workspace.Workspaces;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.UnaryOperator;

/// What attempts on one repository are carried out with. Safe for use by many threads.
///
/// @param workspaceRoot absolute; the jobs' folders are below it
/// @param environment the user's, from which each program gets what it may see
/// @param variables set for every program, beside those of its attempt
/// @param mask gives a text without its secrets
public record Equipment(
        Processes processes,
        Git git,
        Merges merges,
        Workspaces workspaces,
        Path workspaceRoot,
        Map<String, String> environment,
        Map<String, String> variables,
        UnaryOperator<String> mask,
        InstantSource clock) {
    public Equipment {
        environment = Map.copyOf(environment);
        variables = Map.copyOf(variables);
    }
}
