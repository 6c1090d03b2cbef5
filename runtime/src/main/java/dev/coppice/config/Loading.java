package dev.coppice.config;

import dev.coppice.plan.Problem;
import java.util.List;

/// What the reading of a configuration came to.
public sealed interface Loading {
    /// It can be used; its warnings are in it.
    record Usable(Configuration configuration) implements Loading {}

    /// It can't be used.
    ///
    /// @param problems all of them; never empty
    record Refused(List<Problem> problems) implements Loading {
        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
