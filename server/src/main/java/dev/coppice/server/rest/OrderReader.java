package dev.coppice.server.rest;

import dev.coppice.document.Document;
import dev.coppice.document.Form;
import dev.coppice.document.Value;
import dev.coppice.lead.PlanReader;
import dev.coppice.model.AgentName;
import dev.coppice.model.CommandLine;
import dev.coppice.model.Settings;
import dev.coppice.plan.PlanDraft;
import dev.coppice.plan.Problem;
import dev.coppice.plan.Spelling;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.function.Function;

/// Reads the body of `POST /api/v1/orchestrate`, and finds all that is wrong with it at once. Types are JSON's own: a
/// number in quotes is no number.
///
/// ```json
/// {"request": "…", "config": {"max_workers": 5, "default_timeout": 300, "execution_mode": "wsl"}, "plan": {"tasks": []}}
/// ```
final class OrderReader {
    private static final int REQUEST_MAX = 10_000;
    private static final int WORKERS_MAX = 64;
    private static final int TIMEOUT_SECONDS_MAX = 86_400;
    private static final int RETRIES_MAX = 10;
    private static final int DEPTH_MAX = 5;
    private static final int BUDGET_MAX = 1_000_000;
    private static final int CHECKS_MAX = 50;

    private static final Form<String> TEXT =
            new Form<>(
                    "text that is not empty",
                    value ->
                            value instanceof Value.Text(String _, String text) && !text.isBlank()
                                    ? Optional.of(text)
                                    : Optional.empty());
    private static final Form<Boolean> FLAG =
            new Form<>(
                    "true or false",
                    value ->
                            value instanceof Value.Flag(String _, boolean isTrue)
                                    ? Optional.of(isTrue)
                                    : Optional.empty());

    private enum ExecutionMode {
        LOCAL,
        WSL,
        WINDOWS
    }

    private final List<Problem> problems = new ArrayList<>();

    private OrderReader() {}

    /// The order that `body` is.
    ///
    /// @throws Fault with every problem
    static Order read(String body) {
        return new OrderReader().order(body);
    }

    private Order order(String body) {
        SequencedMap<String, Value> fields = fields(body, "the body");
        Keys keys = new Keys("", fields);
        Optional<String> request =
                keys.take(
                        "request",
                        new Form<>(
                                "text of 1 to " + REQUEST_MAX + " characters",
                                value -> TEXT.read(value).filter(OrderReader::fits)));
        Optional<PlanDraft> plan = keys.value("plan").map(OrderReader::plan);
        Order.Wishes wishes = wishes(keys);
        keys.refuseOthers();
        if (plan.isEmpty() && !fields.containsKey("request")) {
            problems.add(new Problem("request", "say what is to be done, or give a plan"));
        }
        refuseAll();
        return new Order(request.orElse(""), plan, wishes);
    }

    /// What `body` of a retry says.
    static Order.Again readRetry(String body) {
        return new OrderReader().retry(body);
    }

    private Order.Again retry(String body) {
        if (body.isBlank()) {
            return new Order.Again(List.of(), Optional.empty());
        }
        Keys keys = new Keys("", fields(body, "the body"));
        Order.Again again =
                new Order.Again(
                        keys.take("tasks", TEXT.list()).orElse(List.of()),
                        keys.take("default_timeout", seconds()));
        keys.refuseOthers();
        refuseAll();
        return again;
    }

    private static boolean fits(String request) {
        return request.codePointCount(0, request.length()) <= REQUEST_MAX;
    }

    private static PlanDraft plan(Value value) {
        return PlanReader.value("plan", value);
    }

    private SequencedMap<String, Value> fields(String body, String what) {
        Document document = Document.unnamed("body", body, true);
        problems.addAll(document.problems());
        Value root = document.root().orElse(new Value.Nothing("body"));
        if (root instanceof Value.Fields fields) {
            return fields.values();
        }
        if (problems.isEmpty()) {
            problems.add(new Problem("body", what + " must be a JSON object"));
        }
        refuseAll();
        throw new IllegalStateException("a body that is no object is refused");
    }

    private void refuseAll() {
        if (!problems.isEmpty()) {
            throw Fault.of(Fault.Kind.INVALID_REQUEST, Problem.inOrder(problems));
        }
    }

    private Order.Wishes wishes(Keys body) {
        Keys keys =
                switch (body.value("config").orElse(new Value.Nothing("config"))) {
                    case Value.Fields fields -> new Keys("config.", fields.values());
                    case Value.Nothing _ -> new Keys("config.", new java.util.LinkedHashMap<>());
                    case Value.Text _, Value.Digits _, Value.Flag _, Value.Items _ -> {
                        problems.add(new Problem("config", "must be a JSON object"));
                        yield new Keys("config.", new java.util.LinkedHashMap<>());
                    }
                };
        keys.take("execution_mode", Form.oneOf(ExecutionMode.class)); // agents run here anyway
        Order.Wishes wishes =
                new Order.Wishes(
                        keys.take("max_workers", whole(1, WORKERS_MAX)),
                        keys.take("default_timeout", seconds()),
                        keys.take("max_retries", whole(0, RETRIES_MAX)),
                        keys.take("enable_recursion", FLAG),
                        keys.take("max_recursion_depth", whole(0, DEPTH_MAX)),
                        keys.take("current_depth", whole(0, Integer.MAX_VALUE)),
                        keys.take("agent", agent()),
                        keys.take("model", TEXT),
                        keys.take("base", TEXT),
                        keys.take("target", TEXT),
                        keys.take("integrate", Form.oneOf(Settings.Result.class)),
                        keys.take("budget_usd", money()),
                        keys.take("checks", checks()));
        keys.refuseOthers();
        return wishes;
    }

    private static Form<Integer> whole(int least, int most) {
        return number(Form.whole(least, most));
    }

    private static Form<Duration> seconds() {
        return number(
                        Form.NUMBER.where(
                                "a number of seconds from 1 to " + TIMEOUT_SECONDS_MAX,
                                number -> isWithin(number, 1, TIMEOUT_SECONDS_MAX)))
                .to(number -> Duration.ofMillis(number.movePointRight(3).longValue()));
    }

    private static Form<BigDecimal> money() {
        return number(
                Form.NUMBER.where(
                        "a number above 0, at most " + BUDGET_MAX,
                        number ->
                                number.signum() > 0
                                        && number.scale() <= 9
                                        && isWithin(number, 0, BUDGET_MAX)));
    }

    private static boolean isWithin(BigDecimal number, int least, int most) {
        return number.compareTo(BigDecimal.valueOf(least)) >= 0
                && number.compareTo(BigDecimal.valueOf(most)) <= 0;
    }

    private static Form<AgentName> agent() {
        return new Form<>("an agent's name", value -> TEXT.read(value).flatMap(AgentName::parse));
    }

    private static Form<List<CommandLine>> checks() {
        return Form.COMMAND
                .list()
                .where(
                        "a list of at most " + CHECKS_MAX + " command lines",
                        lines -> lines.size() <= CHECKS_MAX);
    }

    /// The form for values that are written as JSON numbers.
    private static <T> Form<T> number(Form<T> form) {
        Function<Value, Optional<T>> read =
                value -> value instanceof Value.Digits ? form.read(value) : Optional.empty();
        return new Form<>(form.expected(), read);
    }

    /// The keys of one object, and which of them were taken.
    private final class Keys {
        private final String before;
        private final SequencedMap<String, Value> values;
        private final SequencedSet<String> known = new LinkedHashSet<>();

        private Keys(String before, SequencedMap<String, Value> values) {
            this.before = before;
            this.values = values;
        }

        /// The value of a key that is there and not null.
        private Optional<Value> value(String key) {
            known.add(key);
            return Optional.ofNullable(values.get(key))
                    .filter(value -> !(value instanceof Value.Nothing));
        }

        private <T> Optional<T> take(String key, Form<T> form) {
            Optional<Value> value = value(key);
            Optional<T> read = value.flatMap(form::read);
            if (value.isPresent() && read.isEmpty()) {
                problems.add(
                        new Problem(
                                before + key,
                                "must be " + form.expected() + ", not " + value.get().shown()));
            }
            return read;
        }

        private void refuseOthers() {
            for (String key : values.keySet()) {
                if (!known.contains(key)) {
                    problems.add(
                            new Problem(
                                    before + key, "is not known here" + Spelling.hint(key, known)));
                }
            }
        }
    }
}
