package dev.coppice.runtime;

import dev.coppice.model.JobId;
import dev.coppice.plan.Problem;
import java.util.List;

/// What became of an agent's wish for a job of its own.
public sealed interface ChildBirth {
    /// It is there, and survives a crash.
    ///
    /// @param warnings what of its plan was left out
    record Started(JobId job, List<String> warnings) implements ChildBirth {
        public Started {
            warnings = List.copyOf(warnings);
        }
    }

    /// What was asked is wrong.
    ///
    /// @param problems never empty
    record Invalid(List<Problem> problems) implements ChildBirth {
        public Invalid {
            problems = List.copyOf(problems);
        }
    }

    /// It needs what can't be used here.
    ///
    /// @param problems never empty
    record Unusable(List<Problem> problems) implements ChildBirth {
        public Unusable {
            problems = List.copyOf(problems);
        }
    }

    /// The agent's job may start none.
    ///
    /// @param message says to the agent what it may do instead
    record TooDeep(String message) implements ChildBirth {}

    /// It may not be now.
    record Refused(String message) implements ChildBirth {}
}
