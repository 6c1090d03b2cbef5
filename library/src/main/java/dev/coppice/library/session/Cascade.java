package dev.coppice.library.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A task that is tried at its best first, and with less ambition and less time where that fails (`run_cascade`,
/// `create_custom_cascade`). Immutable.
///
/// @param task what is to be done
/// @param levels from the best to the least, at least one
public record Cascade(String task, List<Level> levels) {
    /// One way to do the task.
    ///
    /// @param name a part of the process's id
    /// @param timeout the longest time that it may take
    /// @param constraint what it is to aim for
    /// @param model the model to use; empty: the session's
    public record Level(String name, Duration timeout, String constraint, Optional<String> model) {
        /// A level with the session's model.
        public Level(String name, Duration timeout, String constraint) {
            this(name, timeout, constraint, Optional.empty());
        }

        /// The same level with another model.
        public Level withModel(String other) {
            return new Level(name, timeout, constraint, Optional.of(other));
        }
    }

    /// What is given up from level to level.
    public enum Strategy {
        QUALITY(
                "a thorough analysis with all details",
                "an ordinary analysis of the main points",
                "a quick look at what is essential"),
        SERVICE("the best external service", "a cached or another service", "local defaults"),
        FRESHNESS(
                "data of this moment",
                "cached data, less than an hour old",
                "historical or default data"),
        COMPLETENESS(
                "the whole of the data",
                "a representative sample of 10 to 20 %",
                "summaries that are there already"),
        ACCURACY(
                "exact results",
                "approximations",
                "rough estimates, right in their order of magnitude");

        private final String primary;
        private final String secondary;
        private final String tertiary;

        Strategy(String primary, String secondary, String tertiary) {
            this.primary = primary;
            this.secondary = secondary;
            this.tertiary = tertiary;
        }
    }

    /// How much time the levels have, in seconds.
    public enum Timing {
        AGGRESSIVE(5, 2, 1),
        BALANCED(30, 10, 5),
        PATIENT(120, 30, 10);

        private final int primary;
        private final int secondary;
        private final int tertiary;

        Timing(int primary, int secondary, int tertiary) {
            this.primary = primary;
            this.secondary = secondary;
            this.tertiary = tertiary;
        }
    }

    /// What came of it.
    ///
    /// @param result of the level that succeeded; where none did, of the last one
    /// @param level the one that succeeded; empty where none did
    /// @param attempts the results of all levels that were tried, in order
    public record Result(
            ProcessResult result, Optional<Level> level, List<ProcessResult> attempts) {
        public Result {
            attempts = List.copyOf(attempts);
        }

        /// Whether a level succeeded.
        public boolean isSuccess() {
            return level.isPresent();
        }

        /// What was given up, for people; empty where the first level succeeded.
        public Optional<String> degradation() {
            if (level.isEmpty()) {
                return Optional.of("All cascade levels failed");
            }
            return attempts.size() == 1
                    ? Optional.empty()
                    : Optional.of(
                            "Degraded to level %d (%s): %s"
                                    .formatted(
                                            attempts.size(),
                                            level.get().name(),
                                            level.get().constraint()));
        }
    }

    public Cascade {
        levels = List.copyOf(levels);
        if (levels.isEmpty()) {
            throw new IllegalArgumentException("a cascade needs at least one level");
        }
    }

    /// A cascade that gives up quality, with 30, 10 and 5 s.
    public static Cascade of(String task) {
        return of(task, Strategy.QUALITY, Timing.BALANCED);
    }

    /// A cascade of three levels: primary, secondary, tertiary.
    public static Cascade of(String task, Strategy strategy, Timing timing) {
        return new Cascade(
                task,
                List.of(
                        level("primary", timing.primary, strategy.primary),
                        level("secondary", timing.secondary, strategy.secondary),
                        level("tertiary", timing.tertiary, strategy.tertiary)));
    }

    private static Level level(String name, int seconds, String constraint) {
        return new Level(name, Duration.ofSeconds(seconds), constraint);
    }

    /// With a model for each level, from the first on; levels without one keep theirs.
    public Cascade withModels(String... models) {
        List<Level> others = new ArrayList<>(levels);
        for (int i = 0; i < Math.min(models.length, others.size()); i++) {
            others.set(i, others.get(i).withModel(models[i]));
        }
        return new Cascade(task, others);
    }

    /// Tries the levels until one succeeds. What was given up is a warning in the session's log.
    ///
    /// @throws InterruptedException if the thread was interrupted; what runs is then stopped first
    public Result run(OrchestratorSession session) throws InterruptedException {
        List<AgentProcess> processes = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++) {
            processes.add(process(session, i));
        }
        List<ProcessResult> attempts = Round.of(processes).untilSuccess().run();
        ProcessResult last = attempts.getLast();
        Result result =
                new Result(
                        last,
                        last.isSuccess()
                                ? Optional.of(levels.get(attempts.size() - 1))
                                : Optional.empty(),
                        attempts);
        result.degradation().ifPresent(text -> session.log(text, "WARNING"));
        return result;
    }

    private AgentProcess process(OrchestratorSession session, int index) {
        Level level = levels.get(index);
        boolean isLast = index == levels.size() - 1;
        AgentProcess process =
                session.createProcess(
                        """
                        You do a task that is tried at several levels of ambition, one after the other.

                        ## Task
                        %s

                        ## Your level: %s (%d of %d)
                        Aim for this: %s. You have %d s. %s
                        """
                                .formatted(
                                        task,
                                        level.name().toUpperCase(Locale.ROOT),
                                        index + 1,
                                        levels.size(),
                                        level.constraint(),
                                        level.timeout().toSeconds(),
                                        isLast
                                                ? "This is the last level, so bring something."
                                                : "Should you not be done by then, the next level is tried."),
                        "cascade_" + level.name(),
                        level.timeout());
        return level.model().map(process::withModel).orElse(process);
    }
}
