package dev.coppice.attempt;

import dev.coppice.folder.Secrets;
import dev.coppice.git.Git;
import dev.coppice.merge.Merges;
import dev.coppice.model.JobId;
import dev.coppice.model.TaskId;
import dev.coppice.process.Processes;
import dev.coppice.workspace.Workspaces;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/// What attempts in one place are carried out with. Safe for use by many threads.
///
/// @param repository empty where there is none; then only tasks without worktrees can be carried out
/// @param environment the user's, from which each program gets what it may see
/// @param passes by which agents are known that call back
/// @param secrets masks what leaves an attempt
/// @param listener hears what agents say while they work
public record Equipment(
        Processes processes,
        Optional<Repository> repository,
        Map<String, String> environment,
        Passes passes,
        Secrets secrets,
        Listener listener,
        InstantSource clock) {
    /// Hears what agents say while they work. Called from many threads; returns soon.
    @FunctionalInterface
    public interface Listener {
        void said(JobId job, TaskId task, String line);
    }

    /// What attempts in worktrees need beside the rest.
    public record Repository(Git git, Merges merges, Workspaces workspaces) {}

    public Equipment {
        environment = Map.copyOf(environment);
    }

    Git git() {
        return inRepository().git();
    }

    Merges merges() {
        return inRepository().merges();
    }

    Workspaces workspaces() {
        return inRepository().workspaces();
    }

    private Repository inRepository() {
        return repository.orElseThrow(
                () -> new IllegalStateException("a task with a worktree needs a repository"));
    }
}
