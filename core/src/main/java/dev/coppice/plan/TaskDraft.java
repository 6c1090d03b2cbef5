package dev.coppice.plan;

import dev.coppice.model.CommandLine;
import dev.coppice.model.Expectation;
import dev.coppice.model.Handoff;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// One task as it was read, possibly wrong. What is absent gets its default from [PlanRules].
///
/// @param place the task itself: `plan.yaml:3` or `tasks[0]`
/// @param places the places of its keys, where they are known more exactly
/// @param handoff what only a program can hand over, never a file
/// @param unknownKeys keys that no task has, with their places
public record TaskDraft(
        String place,
        Map<TaskKey, String> places,
        Optional<String> id,
        Optional<String> description,
        Optional<Integer> priority,
        List<String> dependencies,
        List<String> contextFiles,
        Optional<String> hints,
        Optional<String> agent,
        Optional<String> model,
        Optional<Expectation> expects,
        List<String> expectedFiles,
        List<CommandLine> checks,
        Optional<Duration> estimate,
        Optional<Duration> timeout,
        Optional<Integer> maxRetries,
        Optional<BigDecimal> budgetUsd,
        Optional<Handoff> handoff,
        SequencedMap<String, String> unknownKeys) {
    public TaskDraft {
        places = Map.copyOf(places);
        dependencies = List.copyOf(dependencies);
        contextFiles = List.copyOf(contextFiles);
        expectedFiles = List.copyOf(expectedFiles);
        checks = List.copyOf(checks);
        unknownKeys = new LinkedHashMap<>(unknownKeys);
    }

    /// A draft of the task at `place`, to be filled.
    public static Builder at(String place) {
        return new Builder(place);
    }

    /// A draft that a program makes; [PlanDraft#of] gives it its place.
    public static Builder unplaced() {
        return new Builder("");
    }

    /// Where `key` stands.
    public String placeOf(TaskKey key) {
        return places.getOrDefault(key, place);
    }

    /// Collects what is known of one task; used by one thread.
    public static final class Builder {
        private String place;
        private final Map<TaskKey, String> places = new EnumMap<>(TaskKey.class);
        private final SequencedMap<String, String> unknownKeys = new LinkedHashMap<>();
        private Optional<String> id = Optional.empty();
        private Optional<String> description = Optional.empty();
        private Optional<Integer> priority = Optional.empty();
        private List<String> dependencies = List.of();
        private List<String> contextFiles = List.of();
        private Optional<String> hints = Optional.empty();
        private Optional<String> agent = Optional.empty();
        private Optional<String> model = Optional.empty();
        private Optional<Expectation> expects = Optional.empty();
        private List<String> expectedFiles = List.of();
        private List<CommandLine> checks = List.of();
        private Optional<Duration> estimate = Optional.empty();
        private Optional<Duration> timeout = Optional.empty();
        private Optional<Integer> maxRetries = Optional.empty();
        private Optional<BigDecimal> budgetUsd = Optional.empty();
        private Optional<Handoff> handoff = Optional.empty();

        private Builder(String place) {
            this.place = place;
        }

        /// Says more exactly where `key` stands.
        public Builder placed(TaskKey key, String where) {
            places.put(key, where);
            return this;
        }

        public Builder unknownKey(String key, String where) {
            unknownKeys.put(key, where);
            return this;
        }

        public Builder id(String value) {
            id = Optional.of(value);
            return this;
        }

        public Builder description(String value) {
            description = Optional.of(value);
            return this;
        }

        public Builder priority(int value) {
            priority = Optional.of(value);
            return this;
        }

        public Builder dependencies(List<String> value) {
            dependencies = new ArrayList<>(value);
            return this;
        }

        public Builder contextFiles(List<String> value) {
            contextFiles = new ArrayList<>(value);
            return this;
        }

        public Builder hints(String value) {
            hints = Optional.of(value);
            return this;
        }

        public Builder agent(String value) {
            agent = Optional.of(value);
            return this;
        }

        public Builder model(String value) {
            model = Optional.of(value);
            return this;
        }

        public Builder expects(Expectation value) {
            expects = Optional.of(value);
            return this;
        }

        public Builder expectedFiles(List<String> value) {
            expectedFiles = new ArrayList<>(value);
            return this;
        }

        public Builder checks(List<CommandLine> value) {
            checks = new ArrayList<>(value);
            return this;
        }

        public Builder estimate(Duration value) {
            estimate = Optional.of(value);
            return this;
        }

        public Builder timeout(Duration value) {
            timeout = Optional.of(value);
            return this;
        }

        public Builder maxRetries(int value) {
            maxRetries = Optional.of(value);
            return this;
        }

        public Builder budgetUsd(BigDecimal value) {
            budgetUsd = Optional.of(value);
            return this;
        }

        public Builder handoff(Handoff value) {
            handoff = Optional.of(value);
            return this;
        }

        TaskDraft build(String where) {
            place = where;
            for (TaskKey key : TaskKey.values()) {
                places.putIfAbsent(key, where + "." + key.word());
            }
            return build();
        }

        public TaskDraft build() {
            return new TaskDraft(
                    place,
                    places,
                    id,
                    description,
                    priority,
                    dependencies,
                    contextFiles,
                    hints,
                    agent,
                    model,
                    expects,
                    expectedFiles,
                    checks,
                    estimate,
                    timeout,
                    maxRetries,
                    budgetUsd,
                    handoff,
                    unknownKeys);
        }
    }
}
