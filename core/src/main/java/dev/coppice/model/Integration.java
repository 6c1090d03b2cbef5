package dev.coppice.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the joining of the finished branches came to.
///
/// @param branch the result branch; empty where none was asked for
/// @param commit its commit
/// @param tasks for each finished task what became of its branch
/// @param delivery whether the result reached the target branch
public record Integration(
        Optional<String> branch,
        Optional<CommitId> commit,
        Map<TaskId, Fate> tasks,
        Delivery delivery) {
    public Integration {
        tasks = Map.copyOf(tasks);
    }

    /// The same, whose result somebody merged afterwards.
    public Integration deliveredAs(Event.ResultMerged merged) {
        return new Integration(
                branch, commit, tasks, new Delivery.Delivered(merged.target(), merged.commit()));
    }

    /// What became of one task's branch.
    public sealed interface Fate {
        /// Its work is in the result.
        record In() implements Fate {}

        /// It stays on its own branch, since these files conflict.
        record Left(List<String> conflictedFiles) implements Fate {
            public Left {
                conflictedFiles = List.copyOf(conflictedFiles);
            }
        }
    }

    /// The way from the result branch to the target.
    public sealed interface Delivery {
        /// Not asked for, or nothing to deliver.
        record NotAsked() implements Delivery {}

        /// The target has it.
        record Delivered(String target, CommitId commit) implements Delivery {}

        /// The target could not take it; `command` is what the user can type.
        record Refused(String target, String why, String command) implements Delivery {}
    }
}
