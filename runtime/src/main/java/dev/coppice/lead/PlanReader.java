package dev.coppice.lead;

import dev.coppice.document.Document;
import dev.coppice.document.Form;
import dev.coppice.document.Value;
import dev.coppice.model.Expectation;
import dev.coppice.plan.PlanDraft;
import dev.coppice.plan.Problem;
import dev.coppice.plan.TaskDraft;
import dev.coppice.plan.TaskKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Reads plans. What can't be read becomes a problem of the draft; nothing is thrown.
public final class PlanReader {
    private static final Pattern FENCE =
            Pattern.compile(
                    "^```(\\w*)[^\\n]*\\n(.*?)^```\\s*$", Pattern.MULTILINE | Pattern.DOTALL);

    private final String name;
    private final List<Problem> problems = new ArrayList<>();
    private final SequencedMap<String, String> unknownKeys = new LinkedHashMap<>();
    private final List<TaskDraft> tasks = new ArrayList<>();
    private Optional<String> goal = Optional.empty();

    private PlanReader(String name) {
        this.name = name;
    }

    /// Reads a plan file, as JSON where its name ends with `.json`, else as YAML.
    ///
    /// @param name the file as the user knows it; places are `name:line`
    public static PlanDraft file(String name, String text) {
        boolean isJson = name.toLowerCase(Locale.ROOT).endsWith(".json");
        return new PlanReader(name)
                .draft(isJson ? Document.json(name, text) : Document.yaml(name, text));
    }

    /// Takes a plan that is a part of a document which was read already; the places in it are kept.
    public static PlanDraft value(String name, Value plan) {
        return new PlanReader(name).draft(new Document(Optional.of(plan), List.of()));
    }

    /// Takes the tasks of a plan alone, a list that is a part of a document which was read already.
    public static PlanDraft tasks(String name, Value tasks) {
        SequencedMap<String, Value> plan = new LinkedHashMap<>();
        plan.put("tasks", tasks);
        return value(name, new Value.Fields(name, plan));
    }

    /// Reads what an agent answered: a JSON object, bare, in a fence or with words
    /// around it, or YAML in a fence. Places are `tasks[2].priority`. Prose is never a plan.
    public static PlanDraft answer(String text) {
        List<Document> read = candidates(text).toList();
        Optional<Document> plan = read.stream().filter(PlanReader::isPlan).findFirst();
        Optional<Document> object = read.stream().filter(PlanReader::isObject).findFirst();
        return plan.or(() -> object)
                .map(document -> new PlanReader("answer").draft(document))
                .orElseGet(() -> PlanDraft.unreadable(noPlan(text, read)));
    }

    private static Stream<Document> candidates(String text) {
        Stream<Document> fenced = FENCE.matcher(text).results().map(PlanReader::fenced);
        int first = text.indexOf('{');
        int last = text.lastIndexOf('}');
        Stream<Document> embedded =
                first >= 0 && first < last
                        ? Stream.of(json(text.substring(first, last + 1)))
                        : Stream.empty();
        return Stream.of(Stream.of(json(text)), fenced, embedded).flatMap(all -> all);
    }

    private static Document fenced(MatchResult fence) {
        boolean isYaml = fence.group(1).matches("ya?ml");
        return Document.unnamed("answer", fence.group(2), !isYaml);
    }

    private static Document json(String text) {
        return Document.unnamed("answer", text, true);
    }

    private static boolean isPlan(Document document) {
        return document.root().orElse(new Value.Nothing("")) instanceof Value.Fields fields
                && fields.values().containsKey("tasks");
    }

    private static boolean isObject(Document document) {
        return document.root().orElse(new Value.Nothing("")) instanceof Value.Fields;
    }

    private static Problem noPlan(String text, List<Document> read) {
        boolean hasJson = text.contains("{");
        return read.stream()
                .flatMap(document -> document.problems().stream())
                .filter(_ -> hasJson)
                .reduce((_, last) -> last)
                .orElse(new Problem("answer", "there is no JSON object with a plan in it"));
    }

    private PlanDraft draft(Document document) {
        problems.addAll(document.problems());
        switch (document.root().orElse(new Value.Nothing(name))) {
            case Value.Fields fields -> fields.values().forEach(this::readKey);
            case Value.Nothing _ -> {} // no tasks, which the check tells
            case Value.Text _, Value.Digits _, Value.Flag _, Value.Items _ ->
                    problems.add(new Problem(name, "a plan is written as keys: goal and tasks"));
        }
        return new PlanDraft(name, goal, tasks, problems, unknownKeys);
    }

    private void readKey(String key, Value value) {
        switch (key) {
            case "goal" -> take(key, value, Form.TEXT, text -> goal = Optional.of(text));
            case "tasks" -> readTasks(value);
            default -> unknownKeys.put(key, value.place());
        }
    }

    private void readTasks(Value value) {
        switch (value) {
            case Value.Items(String _, List<Value> values) -> values.forEach(this::readTask);
            case Value.Nothing _ -> {}
            case Value.Text _, Value.Digits _, Value.Flag _, Value.Fields _ ->
                    problems.add(
                            new Problem(
                                    value.place(), "tasks must be a list, not " + value.shown()));
        }
    }

    private void readTask(Value value) {
        if (!(value instanceof Value.Fields fields)) {
            String message = "a task is written as keys, at least description, not ";
            problems.add(new Problem(value.place(), message + value.shown()));
            return;
        }
        TaskDraft.Builder task = TaskDraft.at(value.place());
        fields.values()
                .forEach((word, below) ->
                        TaskKey.of(word)
                                .ifPresentOrElse(
                                        key -> readKey(task, key, below),
                                        () -> task.unknownKey(word, below.place())));
        tasks.add(task.build());
    }

    private void readKey(TaskDraft.Builder task, TaskKey key, Value value) {
        task.placed(key, value.place());
        String word = key.word();
        switch (key) {
            case ID -> take(word, value, Form.TEXT, task::id);
            case DESCRIPTION -> take(word, value, Form.TEXT, task::description);
            case PRIORITY -> take(word, value, Form.WHOLE, task::priority);
            case DEPENDENCIES -> take(word, value, Form.TEXT.list(), task::dependencies);
            case CONTEXT_FILES -> take(word, value, Form.TEXT.list(), task::contextFiles);
            case HINTS -> take(word, value, Form.TEXT, task::hints);
            case AGENT -> take(word, value, Form.TEXT, task::agent);
            case MODEL -> take(word, value, Form.TEXT, task::model);
            case EXPECTS -> take(word, value, Form.oneOf(Expectation.class), task::expects);
            case EXPECTED_FILES -> take(word, value, Form.TEXT.list(), task::expectedFiles);
            case CHECKS -> take(word, value, Form.COMMAND.list(), task::checks);
            case ESTIMATE -> take(word, value, Form.TIME_SPAN, task::estimate);
            case TIMEOUT -> take(word, value, Form.TIME_SPAN, task::timeout);
            case MAX_RETRIES -> take(word, value, Form.WHOLE, task::maxRetries);
            case BUDGET_USD -> take(word, value, Form.NUMBER, task::budgetUsd);
        }
    }

    private <T> void take(String key, Value value, Form<T> form, Consumer<T> into) {
        if (value instanceof Value.Nothing) {
            return;
        }
        form.read(value)
                .ifPresentOrElse(
                        into,
                        () -> problems.add(new Problem(value.place(), form.complaint(key, value))));
    }
}
