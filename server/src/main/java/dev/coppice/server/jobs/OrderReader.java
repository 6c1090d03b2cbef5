package dev.coppice.server.jobs;

import dev.coppice.document.Form;
import dev.coppice.document.Value;
import dev.coppice.lead.PlanReader;
import dev.coppice.model.AgentName;
import dev.coppice.model.CommandLine;
import dev.coppice.model.Settings;
import dev.coppice.plan.PlanDraft;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Reads the body of `POST /api/v1/orchestrate`, and finds all that is wrong with it at once. Types are JSON's own: a
/// number in quotes is no number.
///
/// ```json
/// {"request": "…", "config": {"max_workers": 5, "default_timeout": 300, "execution_mode": "wsl"}, "plan": {"tasks": []}}
/// ```
public final class OrderReader {
    private static final int REQUEST_MAX = 10_000;
    private static final int WORKERS_MAX = 64;
    private static final int TIMEOUT_SECONDS_MAX = 86_400;
    private static final int RETRIES_MAX = 10;
    private static final int DEPTH_MAX = 5;
    private static final int BUDGET_MAX = 1_000_000;
    private static final int CHECKS_MAX = 50;

    private enum ExecutionMode {
        LOCAL,
        WSL,
        WINDOWS
    }

    private OrderReader() {}

    /// The order that `body` is.
    ///
    /// @throws Fault with every problem
    public static Order read(String body) {
        JsonKeys keys = JsonKeys.of("body", body);
        Optional<String> request =
                keys.take(
                        "request",
                        new Form<>(
                                "text of 1 to " + REQUEST_MAX + " characters",
                                value -> JsonKeys.TEXT.read(value).filter(OrderReader::fits)));
        Optional<PlanDraft> plan = keys.value("plan").map(OrderReader::plan);
        Order.Wishes wishes = wishes(keys);
        keys.refuseOthers();
        if (plan.isEmpty() && keys.value("request").isEmpty()) {
            keys.refuse("request", "say what is to be done, or give a plan");
        }
        keys.refuseAll();
        return new Order(request.orElse(""), plan, wishes, Optional.empty());
    }

    /// What `body` of a retry says.
    ///
    /// @throws Fault with every problem
    public static Order.Again readRetry(String body) {
        if (body.isBlank()) {
            return new Order.Again(List.of(), Optional.empty());
        }
        JsonKeys keys = JsonKeys.of("body", body);
        Order.Again again =
                new Order.Again(
                        keys.take("tasks", JsonKeys.TEXT.list()).orElse(List.of()),
                        keys.take("default_timeout", seconds()));
        keys.refuseOthers();
        keys.refuseAll();
        return again;
    }

    private static boolean fits(String request) {
        return request.codePointCount(0, request.length()) <= REQUEST_MAX;
    }

    private static PlanDraft plan(Value value) {
        return PlanReader.value("plan", value);
    }

    private static Order.Wishes wishes(JsonKeys body) {
        JsonKeys keys = body.object("config");
        keys.take("execution_mode", Form.oneOf(ExecutionMode.class)); // agents run here anyway
        Order.Wishes wishes =
                new Order.Wishes(
                        keys.take("max_workers", whole(1, WORKERS_MAX)),
                        keys.take("default_timeout", seconds()),
                        keys.take("max_retries", whole(0, RETRIES_MAX)),
                        keys.take("enable_recursion", JsonKeys.FLAG),
                        keys.take("max_recursion_depth", whole(0, DEPTH_MAX)),
                        keys.take("current_depth", whole(0, Integer.MAX_VALUE)),
                        keys.take("agent", agent()),
                        keys.take("model", JsonKeys.TEXT),
                        keys.take("base", JsonKeys.TEXT),
                        keys.take("target", JsonKeys.TEXT),
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
        return new Form<>(
                "an agent's name", value -> JsonKeys.TEXT.read(value).flatMap(AgentName::parse));
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
}
