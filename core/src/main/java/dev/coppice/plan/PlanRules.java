package dev.coppice.plan;

import dev.coppice.model.Settings;
import dev.coppice.model.TaskId;
import java.util.List;
import java.util.function.Predicate;

/// What a plan is checked against, and where its defaults come from.
///
/// @param settings agents there are, default limits, the job's checks
/// @param author who wrote the plan
/// @param isContextFile whether a path from the repository's root names a file or folder there
/// @param existing the job's tasks so far, in the order in which they were added; the engine's own
///     are left out
public record PlanRules(
        Settings settings, Author author, Predicate<String> isContextFile, List<TaskId> existing) {
    public PlanRules {
        existing = existing.stream().filter(id -> !id.isOwn()).toList();
    }

    /// The rules for a job's first plan.
    public static PlanRules of(Settings settings, Author author, Predicate<String> isContextFile) {
        return new PlanRules(settings, author, isContextFile, List.of());
    }

    /// Who wrote a plan. A person is trusted: an unknown key is a slip to be mended. What an agent
    /// wrote is not: its unknown keys are dropped with a warning, its tasks are marked.
    public enum Author {
        /// Large plans come from programs; 100,000 tasks are checked in well under a second.
        PERSON(100_000),
        /// No agent needs more, and each task costs money.
        AGENT(1_000);

        private final int tasksMax;

        Author(int tasksMax) {
            this.tasksMax = tasksMax;
        }

        /// The most tasks a plan of this author may have.
        public int tasksMax() {
            return tasksMax;
        }
    }
}
