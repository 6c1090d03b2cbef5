package dev.coppice.plan;

import dev.coppice.model.Plan;
import java.util.List;

/// What the check of a plan came to.
public sealed interface Verdict {
    /// It can run.
    ///
    /// @param warnings what its author should hear nevertheless
    record Valid(Plan plan, List<Problem> warnings) implements Verdict {
        public Valid {
            warnings = List.copyOf(warnings);
        }
    }

    /// It can't run.
    ///
    /// @param problems all of them, in the order of the plan; never empty
    record Invalid(List<Problem> problems) implements Verdict {
        public Invalid {
            problems = List.copyOf(problems);
        }
    }
}
