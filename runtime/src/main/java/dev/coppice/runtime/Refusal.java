package dev.coppice.runtime;

import dev.coppice.plan.Problem;
import java.nio.file.Path;
import java.util.List;

/// Why something asked for can't be begun: all problems at once. Nothing was changed.
///
/// @param problems never empty
public record Refusal(Kind kind, List<Problem> problems) {
    /// Whose part it is to do something.
    public enum Kind {
        /// What was asked is wrong: arguments, plan, configuration, a missing input file.
        INVALID,
        /// The machine or the repository is not ready: no git, no commit, an agent missing.
        UNUSABLE
    }

    public Refusal {
        problems = List.copyOf(problems);
    }

    static Refusal noRepository(Path folder) {
        return unusable(
                folder.toString(),
                "This is no git repository. Go into one, or let `coppice run --init` make one here.");
    }

    static Refusal unusable(String place, String message) {
        return new Refusal(Kind.UNUSABLE, List.of(new Problem(place, message)));
    }
}
