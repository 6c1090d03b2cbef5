package dev.coppice.runtime;

import dev.coppice.model.TaskId;
import dev.coppice.plan.Problem;
import java.util.List;

/// What became of tasks that an agent wants to have in a job.
public sealed interface TaskBirth {
    /// They are there.
    ///
    /// @param tasks in the order in which they were asked for
    /// @param warnings what of them was left out
    record Added(List<TaskId> tasks, List<String> warnings) implements TaskBirth {
        public Added {
            tasks = List.copyOf(tasks);
            warnings = List.copyOf(warnings);
        }
    }

    /// What was asked is wrong.
    ///
    /// @param problems never empty
    record Invalid(List<Problem> problems) implements TaskBirth {
        public Invalid {
            problems = List.copyOf(problems);
        }
    }

    /// They do not fit into the job.
    record Refused(String message) implements TaskBirth {}
}
