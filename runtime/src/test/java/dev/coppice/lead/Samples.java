package dev.coppice.lead;

import dev.coppice.config.Configuration;
import dev.coppice.config.Loading;
import dev.coppice.config.Sources;
import dev.coppice.model.Plan;
import dev.coppice.model.Settings;
import dev.coppice.plan.PlanDraft;
import dev.coppice.plan.PlanRules;
import dev.coppice.plan.PlanRules.Author;
import dev.coppice.plan.Plans;
import dev.coppice.plan.Problem;
import dev.coppice.plan.Verdict;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the stories of this room begin with.
final class Samples {
    private static final Path NOWHERE = Path.of("/nowhere");

    private Samples() {}

    /// The defaults, and these checks of the job; none for an empty text.
    static Settings settings(String checks) {
        Loading loading =
                Configuration.load(
                        new Sources(
                                NOWHERE,
                                NOWHERE,
                                Optional.empty(),
                                NOWHERE,
                                Map.of("COPPICE_CHECKS", checks),
                                new LinkedHashMap<>(),
                                _ -> false));
        return switch (loading) {
            case Loading.Usable(Configuration configuration) -> configuration.settings();
            case Loading.Refused(List<Problem> problems) ->
                    throw new AssertionError(problems.toString());
        };
    }

    static PlanRules rules(Settings settings, Author author) {
        return PlanRules.of(settings, author, path -> path.equals("src/Api.java"));
    }

    static Plan plan(PlanDraft draft, PlanRules rules) {
        return switch (Plans.check(draft, rules)) {
            case Verdict.Valid(Plan plan, List<Problem> _) -> plan;
            case Verdict.Invalid(List<Problem> problems) ->
                    throw new AssertionError(problems.toString());
        };
    }
}
