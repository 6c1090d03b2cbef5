package dev.coppice.lead;

import dev.coppice.document.Form;
import dev.coppice.model.CommandLine;
import dev.coppice.model.Limits;
import dev.coppice.model.Need;
import dev.coppice.model.Plan;
import dev.coppice.model.Settings;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.model.Task;
import dev.coppice.plan.TaskKey;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;
import tools.jackson.dataformat.yaml.util.StringQuotingChecker;

/// Writes a plan as the file that [PlanReader] reads. What the settings give by default is left out;
/// under the same settings the file gives the same plan again, as one that a person wrote.
public final class PlanWriter {
    private static final TokenStreamFactory YAML =
            YAMLFactory.builder()
                    .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                    .disable(YAMLWriteFeature.SPLIT_LINES)
                    .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                    .enable(YAMLWriteFeature.LITERAL_BLOCK_STYLE)
                    .enable(YAMLWriteFeature.INDENT_ARRAYS_WITH_INDICATOR)
                    .stringQuotingChecker(new PlainWordsOnly())
                    .build();

    private final Settings settings;
    private final JsonGenerator out;

    private PlanWriter(Settings settings, JsonGenerator out) {
        this.settings = settings;
        this.out = out;
    }

    /// The plan as YAML.
    ///
    /// @throws IllegalArgumentException if a task has a need that a plan file can't tell: another
    ///     than the success of a task
    public static String write(Plan plan, Settings settings) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = YAML.createGenerator(ObjectWriteContext.empty(), text)) {
            new PlanWriter(settings, out).write(plan);
        }
        return text.toString();
    }

    private void write(Plan plan) {
        out.writeStartObject();
        out.writeStringProperty("goal", plan.goal());
        out.writeArrayPropertyStart("tasks");
        plan.tasks().forEach(this::write);
        out.writeEndArray();
        out.writeEndObject();
    }

    private void write(Task task) {
        out.writeStartObject();
        for (TaskKey key : TaskKey.values()) {
            write(task, key);
        }
        out.writeEndObject();
    }

    private void write(Task task, TaskKey key) {
        Settings.Workers workers = settings.workers();
        Limits limits = task.limits();
        switch (key) {
            case ID -> text(key, task.id().value());
            case DESCRIPTION -> text(key, task.description());
            case PRIORITY -> number(key, task.priority(), Task.DEFAULT_PRIORITY);
            case DEPENDENCIES -> texts(key, dependencies(task));
            case CONTEXT_FILES -> texts(key, task.contextFiles());
            case HINTS -> unless(task.hints().isEmpty(), () -> text(key, task.hints()));
            case AGENT ->
                    unless(
                            task.agent().equals(settings.agents().byDefault()),
                            () -> text(key, task.agent().value()));
            case MODEL -> task.model().ifPresent(model -> text(key, model));
            case EXPECTS ->
                    unless(isExpectedAnyway(task), () -> text(key, Form.word(task.expects())));
            case EXPECTED_FILES -> texts(key, task.expectedFiles());
            case CHECKS -> checks(task);
            case ESTIMATE -> task.estimate().ifPresent(time -> text(key, Form.show(time)));
            case TIMEOUT ->
                    unless(
                            limits.timeout().equals(workers.defaultTimeout()),
                            () -> text(key, Form.show(limits.timeout())));
            case MAX_RETRIES -> number(key, limits.maxRetries(), workers.maxRetries());
            case BUDGET_USD ->
                    limits.budgetUsd()
                            .ifPresent(usd -> {
                                out.writeName(key.word());
                                out.writeNumber(usd);
                            });
        }
    }

    private static List<String> dependencies(Task task) {
        for (Need need : task.needs()) {
            if (need.on() != Need.On.SUCCESS) {
                throw new IllegalArgumentException(
                        "a plan file can't tell that " + task.id() + " needs " + need);
            }
        }
        return task.needs().stream().map(need -> need.task().value()).toList();
    }

    private boolean isExpectedAnyway(Task task) {
        return Optional.ofNullable(settings.agents().configured().get(task.agent()))
                .map(AgentSettings::expectation)
                .filter(task.expects()::equals)
                .isPresent();
    }

    /// The job's checks, which come first, are not the task's own.
    private void checks(Task task) {
        List<CommandLine> checks = task.checks();
        int jobs = settings.checks().size();
        boolean hasJobs =
                checks.size() >= jobs && checks.subList(0, jobs).equals(settings.checks());
        List<CommandLine> own = hasJobs ? checks.subList(jobs, checks.size()) : checks;
        if (own.isEmpty()) {
            return;
        }
        out.writeArrayPropertyStart(TaskKey.CHECKS.word());
        for (CommandLine check : own) {
            if (check.isShell()) {
                out.writeString(check.toString());
            } else {
                out.writeStartArray();
                check.argv().forEach(out::writeString);
                out.writeEndArray();
            }
        }
        out.writeEndArray();
    }

    private void text(TaskKey key, String text) {
        out.writeStringProperty(key.word(), text);
    }

    private void number(TaskKey key, int number, int byDefault) {
        unless(number == byDefault, () -> out.writeNumberProperty(key.word(), number));
    }

    private void texts(TaskKey key, List<String> texts) {
        if (!texts.isEmpty()) {
            out.writeArrayPropertyStart(key.word());
            texts.forEach(out::writeString);
            out.writeEndArray();
        }
    }

    private static void unless(boolean isDefault, Runnable write) {
        if (!isDefault) {
            write.run();
        }
    }

    /// Quotes whatever is more than words, so that nothing reads back as a number, a flag or syntax.
    private static final class PlainWordsOnly extends StringQuotingChecker {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean needToQuoteName(String name) {
            return false;
        }

        @Override
        public boolean needToQuoteValue(String value) {
            boolean isWords = value.matches("[A-Za-z][A-Za-z0-9 _./-]*[A-Za-z0-9.]");
            return !isWords || value.matches("(?i)true|false|null|yes|no|on|off");
        }
    }
}
