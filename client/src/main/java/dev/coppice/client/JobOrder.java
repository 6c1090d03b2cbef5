package dev.coppice.client;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// What a job is asked for: a request, and the keys of document 004's `config`. What is not set is left to the server's
/// configuration. Each method gives a changed copy.
///
/// @param request 1 to 10,000 characters
/// @param config the keys that are set, by their names on the wire
/// @param plan a plan file as YAML's JSON form would have it, which skips planning; empty: the lead plans
public record JobOrder(
        String request, SequencedMap<String, Object> config, Optional<Map<String, ?>> plan) {
    public JobOrder {
        config = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(config));
    }

    /// A request with nothing set.
    public static JobOrder of(String request) {
        return new JobOrder(request, new LinkedHashMap<>(), Optional.empty());
    }

    /// Slots of the job, 1 to 64.
    public JobOrder maxWorkers(int slots) {
        return with("max_workers", slots);
    }

    /// The wall clock of an attempt, 1 second to a day.
    public JobOrder defaultTimeout(Duration timeout) {
        return with("default_timeout", timeout.toMillis() / 1000.0);
    }

    /// Further attempts of a task that failed, 0 to 10.
    public JobOrder maxRetries(int retries) {
        return with("max_retries", retries);
    }

    /// Whether agents may start child jobs.
    public JobOrder enableRecursion(boolean enabled) {
        return with("enable_recursion", enabled);
    }

    /// The deepest child job's depth, 0 to 5.
    public JobOrder maxRecursionDepth(int depth) {
        return with("max_recursion_depth", depth);
    }

    /// The agent that does tasks which name none.
    public JobOrder agent(String name) {
        return with("agent", name);
    }

    /// The model of that agent.
    public JobOrder model(String name) {
        return with("model", name);
    }

    /// The commit or branch that the work is based on.
    public JobOrder base(String revision) {
        return with("base", revision);
    }

    /// The branch that the result is for.
    public JobOrder target(String branch) {
        return with("target", branch);
    }

    /// What becomes of the finished branches: `merge`, `branch` or `none`.
    public JobOrder integrate(String result) {
        return with("integrate", result);
    }

    /// Nothing more starts when the job has cost so much.
    public JobOrder budgetUsd(BigDecimal usd) {
        return with("budget_usd", usd);
    }

    /// Command lines that must succeed before a task counts as done.
    public JobOrder checks(List<String> lines) {
        return with("checks", List.copyOf(lines));
    }

    /// A plan in the form of a plan file.
    public JobOrder plan(Map<String, ?> form) {
        return new JobOrder(request, config, Optional.of(form));
    }

    private JobOrder with(String key, Object value) {
        SequencedMap<String, Object> changed = new LinkedHashMap<>(config);
        changed.put(key, value);
        return new JobOrder(request, changed, plan);
    }

    /// The body of the call.
    String json() {
        SequencedMap<String, Object> body = new LinkedHashMap<>();
        if (!request.isEmpty()) {
            body.put("request", request);
        }
        if (!config.isEmpty()) {
            body.put("config", config);
        }
        plan.ifPresent(form -> body.put("plan", form));
        return Wire.write(body);
    }
}
