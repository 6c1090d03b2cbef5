package dev.coppice.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What [StubModel] is to answer: one step a line, lines that begin with `| ` belong to the step above them.
///
/// @param turns what the model answers, one after the other
record ModelScript(List<Turn> turns) {
    private static final String OPENING = "```model";
    private static final String FENCE = "```";

    ModelScript {
        turns = List.copyOf(turns);
    }

    /// One answer, and what comes before it.
    record Turn(List<Trouble> troubles, Answer answer, Tokens tokens) {
        Turn {
            troubles = List.copyOf(troubles);
        }
    }

    /// What the model says or does.
    sealed interface Answer {
        record Say(String text) implements Answer {}

        record Write(String path, String content) implements Answer {}

        record Bash(String command, boolean background) implements Answer {}

        /// A call of any tool that the client offers.
        record Call(String tool, String input) implements Answer {}

        /// A structured answer.
        record Json(String json) implements Answer {}
    }

    /// What goes wrong before the model answers.
    sealed interface Trouble {
        record Sleep(Duration time) implements Trouble {}

        /// No answer ever.
        record Hang() implements Trouble {}

        /// An error instead of an answer, for the first `times` requests.
        record Fail(
                int status, int times, OptionalInt retryAfterSeconds, Optional<Long> accountReset)
                implements Trouble {}
    }

    /// What a turn is said to have used.
    record Tokens(long input, long output, long cacheRead, long cacheWrite) {
        static final Tokens DEFAULT = new Tokens(1000, 20, 0, 0);
    }

    /// The script in the last fenced block ```` ```model ```` of a prompt.
    static Optional<ModelScript> in(String prompt) {
        int opening = prompt.lastIndexOf(OPENING + "\n");
        if (opening < 0) {
            return Optional.empty();
        }
        String rest = prompt.substring(opening + OPENING.length() + 1);
        int end = ("\n" + rest).indexOf("\n" + FENCE);
        return Optional.of(parse(end < 0 ? rest : rest.substring(0, end)));
    }

    /// @throws IllegalArgumentException for a line that is no step
    static ModelScript parse(String text) {
        List<List<String>> steps = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("|") && !steps.isEmpty()) {
                steps.getLast().add(line.substring(line.startsWith("| ") ? 2 : 1));
            } else if (!line.isBlank()) {
                steps.add(new ArrayList<>(List.of(line.strip())));
            }
        }
        List<Turn> turns = new ArrayList<>();
        List<Trouble> troubles = new ArrayList<>();
        Tokens tokens = Tokens.DEFAULT;
        for (List<String> step : steps) {
            String[] words = step.getFirst().split(" ", 2);
            String argument = words.length == 1 ? "" : words[1];
            String body = body(step.subList(1, step.size()));
            switch (words[0]) {
                case "usage" -> tokens = tokens(argument);
                case "sleep" ->
                        troubles.add(
                                new Trouble.Sleep(
                                        Duration.ofMillis(
                                                Math.round(Double.parseDouble(argument) * 1000))));
                case "hang" -> troubles.add(new Trouble.Hang());
                case "fail" -> troubles.add(failure(argument));
                default -> {
                    turns.add(new Turn(troubles, answer(words[0], argument, body), tokens));
                    troubles = new ArrayList<>();
                }
            }
        }
        if (!troubles.isEmpty()) {
            turns.add(new Turn(troubles, new Answer.Say("Done."), tokens));
        }
        return new ModelScript(turns);
    }

    private static String body(List<String> lines) {
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    private static Answer answer(String verb, String argument, String body) {
        return switch (verb) {
            case "say" -> new Answer.Say(body.isEmpty() ? argument : argument + body);
            case "write" -> new Answer.Write(argument, body);
            case "bash" -> new Answer.Bash(argument, false);
            case "background" -> new Answer.Bash(argument, true);
            case "call" -> new Answer.Call(argument, body);
            case "json" -> new Answer.Json(body.isEmpty() ? argument : body);
            default -> throw new IllegalArgumentException("no step of a model: " + verb);
        };
    }

    private static Tokens tokens(String argument) {
        String[] numbers = argument.split(" ", -1);
        return new Tokens(
                Long.parseLong(numbers[0]),
                Long.parseLong(numbers[1]),
                numbers.length > 2 ? Long.parseLong(numbers[2]) : 0,
                numbers.length > 3 ? Long.parseLong(numbers[3]) : 0);
    }

    /// `STATUS [times N] [after SECONDS] [reset EPOCH_SECOND]`; without `times`: always.
    private static Trouble.Fail failure(String argument) {
        String[] words = argument.split(" ", -1);
        int times = Integer.MAX_VALUE;
        OptionalInt after = OptionalInt.empty();
        Optional<Long> reset = Optional.empty();
        for (int i = 1; i + 1 < words.length; i += 2) {
            switch (words[i]) {
                case "times" -> times = Integer.parseInt(words[i + 1]);
                case "after" -> after = OptionalInt.of(Integer.parseInt(words[i + 1]));
                case "reset" -> reset = Optional.of(Long.parseLong(words[i + 1]));
                default -> throw new IllegalArgumentException("no word of a failure: " + words[i]);
            }
        }
        return new Trouble.Fail(Integer.parseInt(words[0]), times, after, reset);
    }
}
