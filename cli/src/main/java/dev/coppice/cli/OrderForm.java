package dev.coppice.cli;

import dev.coppice.client.JobOrder;
import dev.coppice.config.Sources;
import dev.coppice.document.Document;
import dev.coppice.document.Form;
import dev.coppice.document.Value;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// What `run` asks of a server: its request, its plan and those of its flags that a client can choose.
final class OrderForm {
    private static final Map<String, BiFunction<JobOrder, String, JobOrder>> FLAGS =
            Map.of(
                    "--agent",
                    JobOrder::agent,
                    Sources.MODEL_FLAG,
                    JobOrder::model,
                    "--max-workers",
                    (order, text) -> order.maxWorkers(whole("--max-workers", text)),
                    "--timeout",
                    (order, text) -> order.defaultTimeout(read("--timeout", text, Form.TIME_SPAN)),
                    "--max-retries",
                    (order, text) -> order.maxRetries(whole("--max-retries", text)),
                    "--max-depth",
                    (order, text) -> order.maxRecursionDepth(whole("--max-depth", text)),
                    "--budget-usd",
                    (order, text) -> order.budgetUsd(read("--budget-usd", text, Form.NUMBER)),
                    RunCommand.BASE,
                    JobOrder::base,
                    "--target",
                    JobOrder::target,
                    "--integrate",
                    JobOrder::integrate);

    /// What only whoever runs the server can choose.
    private static final List<String> OF_THE_SERVER =
            List.of(
                    "--lead-agent",
                    "--job-timeout",
                    "--idle-timeout",
                    "--isolation",
                    "--keep",
                    "--queue",
                    Options.CONFIG);

    private OrderForm() {}

    static JobOrder of(Invocation call) {
        for (String flag : OF_THE_SERVER) {
            if (call.has(flag)) {
                throw CommandFailure.of(
                        ExitCode.INVALID,
                        flag,
                        "The server's own configuration decides on this. Leave it out, or unset COPPICE_API_URL to run the job here.");
            }
        }
        JobOrder order = JobOrder.of(call.parameter(0).orElse(""));
        Optional<String> file = call.value(RunCommand.PLAN);
        if (file.isPresent()) {
            order = order.plan(plan(file.get(), call.read(file.get())));
        } else if (call.parameter(0).isEmpty()) {
            throw CommandFailure.of(
                    ExitCode.INVALID,
                    "request",
                    "Say what is to be done, or give a plan with --plan.");
        }
        for (Map.Entry<String, BiFunction<JobOrder, String, JobOrder>> flag : FLAGS.entrySet()) {
            Optional<String> value = call.value(flag.getKey());
            if (value.isPresent()) {
                order = flag.getValue().apply(order, value.get());
            }
        }
        return order;
    }

    private static int whole(String flag, String text) {
        return read(flag, text, Form.whole(0, Integer.MAX_VALUE));
    }

    private static <T> T read(String flag, String text, Form<T> form) {
        return form.read(text)
                .orElseThrow(() ->
                        CommandFailure.of(
                                ExitCode.INVALID,
                                flag,
                                "It must be " + form.expected() + ", not " + text + "."));
    }

    /// The file as it stands; whether it is a plan the server says.
    private static Map<String, ?> plan(String name, String text) {
        Document document =
                name.toLowerCase(Locale.ROOT).endsWith(".json")
                        ? Document.json(name, text)
                        : Document.yaml(name, text);
        if (!document.problems().isEmpty()) {
            throw new CommandFailure(ExitCode.INVALID, document.problems());
        }
        return document.root()
                .filter(Value.Fields.class::isInstance)
                .map(Value.Fields.class::cast)
                .map(OrderForm::plain)
                .orElseThrow(() ->
                        CommandFailure.of(ExitCode.INVALID, name, "A plan has keys: goal, tasks."));
    }

    private static SequencedMap<String, @Nullable Object> plain(Value.Fields fields) {
        SequencedMap<String, @Nullable Object> plain = new LinkedHashMap<>();
        fields.values().forEach((key, value) -> plain.put(key, plain(value)));
        return plain;
    }

    private static @Nullable Object plain(Value value) {
        return switch (value) {
            case Value.Text(String _, String text) -> text;
            case Value.Digits(String _, String digits) -> new BigDecimal(digits);
            case Value.Flag(String _, boolean isTrue) -> isTrue;
            case Value.Nothing _ -> null;
            case Value.Items(String _, List<Value> values) ->
                    values.stream().map(OrderForm::plain).toList();
            case Value.Fields fields -> plain(fields);
        };
    }
}
