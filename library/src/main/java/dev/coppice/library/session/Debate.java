package dev.coppice.library.session;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// A decision that several perspectives argue about in rounds, until a facilitator draws a conclusion (`run_debate`).
/// Immutable.
///
/// @param question what is to be decided
/// @param perspectives their names, each once, at least one
/// @param rounds at least 1
public record Debate(String question, List<String> perspectives, int rounds) {
    /// The perspectives of a debate that is given none.
    public static final List<String> DEFAULT_PERSPECTIVES =
            List.of("security", "performance", "simplicity");

    /// The rounds of a debate that is given no number.
    public static final int DEFAULT_ROUNDS = 3;

    /// What is said to perspectives of these names; others look at their own name's concerns.
    private static final Map<String, String> FOCUS =
            Map.of(
                    "security", "attacks, leaks and what could go wrong",
                    "performance", "speed, scale and the use of resources",
                    "simplicity", "the least that does it, and what can be left out",
                    "maintainability", "how hard it will be to understand and to change in years",
                    "user_experience", "how those who use it will find their way");

    private static final String CONFIDENCE = "Confidence";

    /// How sure the facilitator is.
    public enum Confidence {
        HIGH,
        MEDIUM,
        LOW,
        /// There was no debate: all failed in the first round.
        NONE
    }

    /// What came of it.
    ///
    /// @param rounds for each round the result of each perspective
    /// @param synthesis the facilitator's result; empty where there was no debate
    public record Result(
            List<Map<String, ProcessResult>> rounds,
            Optional<ProcessResult> synthesis,
            Confidence confidence) {
        public Result {
            rounds =
                    rounds.stream()
                            .map(round ->
                                    Collections.<String, ProcessResult>unmodifiableMap(
                                            new LinkedHashMap<>(round)))
                            .toList();
        }

        /// Whether there is a synthesis.
        public boolean isSuccess() {
            return synthesis.filter(ProcessResult::isSuccess).isPresent();
        }

        /// What a perspective said, round by round; rounds in which it failed are left out.
        public List<String> positions(String perspective) {
            return rounds.stream()
                    .flatMap(round -> Optional.ofNullable(round.get(perspective)).stream())
                    .filter(ProcessResult::isSuccess)
                    .map(ProcessResult::output)
                    .toList();
        }
    }

    public Debate {
        perspectives = List.copyOf(perspectives);
        if (perspectives.isEmpty() || rounds < 1) {
            throw new IllegalArgumentException(
                    "a debate needs at least one perspective and one round");
        }
        if (perspectives.stream().distinct().count() < perspectives.size()) {
            throw new IllegalArgumentException("a perspective is named twice: " + perspectives);
        }
    }

    /// A debate of security, performance and simplicity in three rounds.
    public static Debate of(String question) {
        return new Debate(question, DEFAULT_PERSPECTIVES, DEFAULT_ROUNDS);
    }

    /// With other perspectives.
    ///
    /// @throws IllegalArgumentException if there are none, or one is named twice
    public Debate withPerspectives(String... names) {
        return new Debate(question, List.of(names), rounds);
    }

    /// With so many rounds.
    ///
    /// @throws IllegalArgumentException if it is less than 1
    public Debate withRounds(int count) {
        return new Debate(question, perspectives, count);
    }

    /// Runs the rounds, the perspectives of each at once, and then the facilitator.
    ///
    /// @throws InterruptedException if the thread was interrupted; what runs is then stopped first
    public Result run(OrchestratorSession session) throws InterruptedException {
        List<Map<String, ProcessResult>> held = new ArrayList<>();
        for (int number = 1; number <= rounds; number++) {
            SequencedMap<String, ProcessResult> round = round(session, number, held);
            held.add(round);
            if (round.values().stream().noneMatch(ProcessResult::isSuccess) && number == 1) {
                session.log("All perspectives failed in the first round", "ERROR");
                return new Result(held, Optional.empty(), Confidence.NONE);
            }
        }
        ProcessResult synthesis =
                session.createProcess(synthesisPrompt(held), "facilitator_synthesis").run();
        return new Result(held, Optional.of(synthesis), confidence(held, synthesis));
    }

    private SequencedMap<String, ProcessResult> round(
            OrchestratorSession session, int number, List<Map<String, ProcessResult>> held)
            throws InterruptedException {
        Map<String, String> perspectiveOf = new LinkedHashMap<>();
        List<AgentProcess> processes = new ArrayList<>();
        for (String perspective : perspectives) {
            AgentProcess process =
                    session.createProcess(
                            number == 1
                                    ? openingPrompt(perspective)
                                    : replyPrompt(perspective, number, held.getLast()),
                            "round" + number + "_" + perspective);
            perspectiveOf.put(process.processId(), perspective);
            processes.add(process);
        }
        SequencedMap<String, ProcessResult> results = new LinkedHashMap<>();
        for (ProcessResult result : Patterns.parallel(processes)) {
            results.put(String.valueOf(perspectiveOf.get(result.processId())), result);
        }
        return results;
    }

    private String opening(String perspective, int number) {
        return """
        You take part in a debate from one perspective. Be specific, give evidence, and be honest.

        ## Question
        %s

        ## Your perspective: %s
        %s

        ## Round %d of %d
        """
                .formatted(
                        question,
                        perspective,
                        FOCUS.getOrDefault(perspective, "the concerns of " + perspective),
                        number,
                        rounds);
    }

    private String openingPrompt(String perspective) {
        return opening(perspective, 1)
                + """
                Take a position. Say what you recommend, your three to five best arguments, the risks of the
                alternatives, and what you assume.
                """;
    }

    private String replyPrompt(String perspective, int number, Map<String, ProcessResult> before) {
        return opening(perspective, number)
                + """
                Answer what the others said: challenge it where you disagree, concede where they are right, name what
                all share, and say what your position is now.

                ## What was said in the round before
                """
                + transcript(before);
    }

    private static String transcript(Map<String, ProcessResult> round) {
        return round.entrySet().stream()
                .filter(entry -> entry.getValue().isSuccess())
                .map(entry ->
                        "### " + entry.getKey() + "\n" + Patterns.capped(entry.getValue().output()))
                .collect(Collectors.joining("\n"));
    }

    private String synthesisPrompt(List<Map<String, ProcessResult>> held) {
        StringBuilder transcript = new StringBuilder();
        for (int i = 0; i < held.size(); i++) {
            transcript.append("## Round ").append(i + 1).append('\n');
            transcript.append(transcript(held.get(i))).append('\n');
        }
        return """
        You are the neutral facilitator of a debate, and draw its conclusion.

        ## Question
        %s

        %s
        ## How to end
        End with these sections: ## Recommendation, ## %s (HIGH, MEDIUM or LOW, then why), ## Rationale,
        ## Dissenting Views, ## Next Steps, ## Revisit When.
        """
                .formatted(question, transcript, CONFIDENCE);
    }

    /// The facilitator's own, but low where half of what should have been said is missing.
    private Confidence confidence(List<Map<String, ProcessResult>> held, ProcessResult synthesis) {
        long said =
                held.stream()
                        .flatMap(round -> round.values().stream())
                        .filter(ProcessResult::isSuccess)
                        .count();
        if (!synthesis.isSuccess() || 2 * said < (long) perspectives.size() * rounds) {
            return Confidence.LOW;
        }
        String words = new Answer(synthesis.output()).section(CONFIDENCE).toUpperCase(Locale.ROOT);
        return words.startsWith("HIGH")
                ? Confidence.HIGH
                : words.startsWith("LOW") ? Confidence.LOW : Confidence.MEDIUM;
    }
}
