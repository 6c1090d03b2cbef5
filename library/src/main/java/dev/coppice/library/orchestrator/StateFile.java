package dev.coppice.library.orchestrator;

import dev.coppice.document.Document;
import dev.coppice.document.Form;
import dev.coppice.document.Value;
import dev.coppice.model.CommitId;
import dev.coppice.plan.Problem;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The state file of document 003, in the shape that its Python program writes and reads:
/// ```
/// {"goal", "master_plan", "working_directory",
///  "tasks": [{"id", "description", "status", "priority", "claimed_by", "dependencies", "context": {"files", "hints",
///             "parent_task"}, "result": {"output", "files_modified", "files_created", "files_deleted", "error",
///             "discoveries", "subtasks_created"}, "created_at", "claimed_at", "started_at", "completed_at",
///             "attempts", "max_attempts"}],
///  "agents": {id: {"id", "role", "active", "current_task"}},
///  "discoveries": [{"id", "agent_id", "content", "related_task", "tags", "created_at"}],
///  "created_at", "last_activity", "max_parallel_workers", "task_timeout_seconds",
///  "coppice_commits": {id of a task: commit}}
/// ```
/// Python has all but the last, which it passes over: where the work is of the tasks that are done.
///
/// It is UTF-8, and replaced as a whole. What is absent has nothing or null; keys that are not known are passed over. Times
/// are written in UTC; one without an offset, as Python has them, is read in the zone of this machine.
final class StateFile {
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private static final Form<Instant> TIME =
            new Form<>(
                    "a time like 2026-11-21T02:21:43.693000+00:00",
                    value -> Form.TEXT.read(value).flatMap(StateFile::moment));

    private static final Form<TaskStatus> STATUS =
            new Form<>(
                    "one of "
                            + String.join(
                                    ", ",
                                    List.of(TaskStatus.values()).stream()
                                            .map(TaskStatus::value)
                                            .toList()),
                    value -> Form.TEXT.read(value).flatMap(TaskStatus::of));

    private static final Form<List<String>> TEXTS = Form.TEXT.list();

    private static final Form<CommitId> COMMIT =
            new Form<>(
                    "the full id of a commit",
                    value -> Form.TEXT.read(value).flatMap(StateFile::commit));

    private static final String COMMITS = "coppice_commits";

    /// What stands in a file.
    ///
    /// @param commits those that hold the work of tasks that are done, by the tasks' ids
    record Saved(CoordinationState state, Map<String, CommitId> commits) {
        Saved {
            commits = Map.copyOf(commits);
        }
    }

    private StateFile() {}

    // ---- writing

    /// Replaces the file, which is never there in part.
    static void write(Path file, Saved saved) {
        try {
            String json =
                    JsonMapper.shared()
                                    .writerWithDefaultPrettyPrinter()
                                    .writeValueAsString(values(saved))
                            + "\n";
            Path target = Files.isSymbolicLink(file) ? file.toRealPath() : file.toAbsolutePath();
            Path folder = target.getParent();
            Path whole = Files.createTempFile(folder, ".state", ".json");
            try {
                Files.write(whole, json.getBytes(StandardCharsets.UTF_8));
                Files.move(
                        whole,
                        target,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(whole);
            }
        } catch (IOException | JacksonException e) {
            throw new StateFileException(
                    "The state can't be written to "
                            + file
                            + ". Name a file in a folder that is there and yours: "
                            + e,
                    e);
        }
    }

    private static Map<String, ?> values(Saved saved) {
        CoordinationState state = saved.state();
        SequencedMap<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("goal", state.goal());
        values.put("master_plan", state.masterPlan());
        values.put("working_directory", state.workingDirectory());
        values.put("tasks", state.tasks().stream().map(StateFile::values).toList());
        SequencedMap<String, Object> agents = new LinkedHashMap<>();
        state.agents().forEach(agent -> agents.put(agent.id(), values(agent)));
        values.put("agents", agents);
        values.put("discoveries", state.discoveries().stream().map(StateFile::values).toList());
        values.put("created_at", moment(state.createdAt()));
        values.put("last_activity", moment(state.lastActivity()));
        values.put("max_parallel_workers", state.maxParallelWorkers());
        values.put("task_timeout_seconds", seconds(state.taskTimeout()));
        SequencedMap<String, String> commits = new TreeMap<>();
        saved.commits().forEach((task, commit) -> commits.put(task, commit.value()));
        values.put(COMMITS, commits);
        return values;
    }

    private static Map<String, ?> values(Task task) {
        SequencedMap<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("id", task.id());
        values.put("description", task.description());
        values.put("status", task.status().value());
        values.put("priority", task.priority());
        values.put("claimed_by", task.claimedBy().orElse(null));
        values.put("dependencies", task.dependencies());
        SequencedMap<String, @Nullable Object> context = new LinkedHashMap<>();
        context.put("files", task.context().files());
        context.put("hints", task.context().hints());
        context.put("parent_task", task.context().parentTask().orElse(null));
        values.put("context", context);
        values.put("result", task.result().map(StateFile::values).orElse(null));
        values.put("created_at", MOMENT.format(task.createdAt()));
        values.put("claimed_at", moment(task.claimedAt()));
        values.put("started_at", moment(task.startedAt()));
        values.put("completed_at", moment(task.completedAt()));
        values.put("attempts", task.attempts());
        values.put("max_attempts", task.maxAttempts());
        return values;
    }

    private static Map<String, ?> values(TaskResult result) {
        SequencedMap<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("output", result.output());
        values.put("files_modified", result.filesModified());
        values.put("files_created", result.filesCreated());
        values.put("files_deleted", result.filesDeleted());
        values.put("error", result.error().orElse(null));
        values.put("discoveries", result.discoveries());
        values.put("subtasks_created", result.subtasksCreated());
        return values;
    }

    private static Map<String, ?> values(Agent agent) {
        SequencedMap<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("id", agent.id());
        values.put("role", agent.role());
        values.put("active", agent.isActive());
        values.put("current_task", agent.currentTask().orElse(null));
        return values;
    }

    private static Map<String, ?> values(Discovery discovery) {
        SequencedMap<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("id", discovery.id());
        values.put("agent_id", discovery.agentId());
        values.put("content", discovery.content());
        values.put("related_task", discovery.relatedTask().orElse(null));
        values.put("tags", discovery.tags());
        values.put("created_at", MOMENT.format(discovery.createdAt()));
        return values;
    }

    private static @Nullable String moment(Optional<Instant> instant) {
        return instant.map(MOMENT::format).orElse(null);
    }

    private static Number seconds(Duration duration) {
        return duration.toNanosPart() == 0
                ? (Number) duration.toSeconds()
                : duration.toMillis() / 1e3;
    }

    private static Optional<Instant> moment(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException _) {
            return local(text);
        }
    }

    private static Optional<Instant> local(String text) {
        try {
            return Optional.of(
                    LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant());
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    private static Optional<CommitId> commit(String text) {
        try {
            return Optional.of(new CommitId(text));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    // ---- reading

    /// Reads a file. Nothing is changed.
    ///
    /// @throws StateFileException if there is none, or it has not this shape, with every place that is wrong
    static Saved read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new StateFileException("There is no state file " + file + ".", e);
        } catch (CharacterCodingException e) {
            throw new StateFileException("The state file " + file + " is not text in UTF-8.", e);
        } catch (IOException e) {
            throw new StateFileException("The state file " + file + " can't be read: " + e, e);
        }
        List<Problem> problems = new ArrayList<>();
        Document document = Document.json(file.toString(), text);
        problems.addAll(document.problems());
        Optional<Saved> saved =
                document.root()
                        .filter(_ -> problems.isEmpty())
                        .map(root -> new Reading(root, problems).saved());
        if (saved.isEmpty() || !problems.isEmpty()) {
            throw new StateFileException(
                    "This is no state file, and nothing was loaded from it:\n"
                            + (problems.isEmpty()
                                    ? file + ": it is empty"
                                    : OrchestrationException.text(problems)));
        }
        return saved.get();
    }

    /// One object of the file; what is wrong in it goes to the problems.
    private static final class Reading {
        private final Map<String, Value> values;
        private final String place;
        private final List<Problem> problems;

        Reading(Value value, List<Problem> problems) {
            this.place = value.place();
            this.problems = problems;
            if (value instanceof Value.Fields fields) {
                this.values = fields.values();
            } else {
                this.values = Map.of();
                problems.add(new Problem(place, "must be keys with values, not " + value.shown()));
            }
        }

        Saved saved() {
            return new Saved(state(), object(COMMITS).map(Reading::commits).orElse(Map.of()));
        }

        private Map<String, CommitId> commits() {
            Map<String, CommitId> commits = new HashMap<>();
            for (String task : values.keySet()) {
                get(task, COMMIT).ifPresent(commit -> commits.put(task, commit));
            }
            return commits;
        }

        private CoordinationState state() {
            return new CoordinationState(
                    required("goal", Form.TEXT, ""),
                    get("master_plan", Form.TEXT).orElse(""),
                    get("working_directory", Form.TEXT).orElse("."),
                    all("tasks").stream().map(Reading::task).toList(),
                    agents(),
                    discoveries(),
                    get("max_parallel_workers", Form.whole(1, Integer.MAX_VALUE))
                            .orElse(Orchestrator.DEFAULT_MAX_WORKERS),
                    get("task_timeout_seconds", Form.TIME_SPAN)
                            .filter(Duration::isPositive)
                            .orElse(Orchestrator.DEFAULT_TASK_TIMEOUT),
                    get("created_at", TIME),
                    get("last_activity", TIME));
        }

        private Task task() {
            Optional<Reading> context = object("context");
            return new Task(
                    required("id", Form.TEXT, "?"),
                    required("description", Form.TEXT.where("text", t -> !t.isBlank()), "?"),
                    get("status", STATUS).orElse(TaskStatus.AVAILABLE),
                    get("priority", Form.whole(1, 10)).orElse(NewTask.DEFAULT_PRIORITY),
                    get("claimed_by", Form.TEXT),
                    get("dependencies", TEXTS).orElse(List.of()),
                    context.map(Reading::context).orElse(TaskContext.NONE),
                    object("result").map(Reading::result),
                    get("created_at", TIME).orElse(Instant.EPOCH),
                    get("claimed_at", TIME),
                    get("started_at", TIME),
                    get("completed_at", TIME),
                    get("attempts", Form.WHOLE).orElse(0),
                    get("max_attempts", Form.WHOLE).orElse(Task.DEFAULT_MAX_ATTEMPTS));
        }

        private TaskContext context() {
            return new TaskContext(
                    get("files", TEXTS).orElse(List.of()),
                    get("hints", Form.TEXT).orElse(""),
                    get("parent_task", Form.TEXT));
        }

        private TaskResult result() {
            return new TaskResult(
                    get("output", Form.TEXT).orElse(""),
                    get("files_modified", TEXTS).orElse(List.of()),
                    get("files_created", TEXTS).orElse(List.of()),
                    get("files_deleted", TEXTS).orElse(List.of()),
                    get("error", Form.TEXT),
                    get("discoveries", TEXTS).orElse(List.of()),
                    get("subtasks_created", TEXTS).orElse(List.of()));
        }

        private List<Agent> agents() {
            return object("agents").stream()
                    .flatMap(agents -> agents.values.entrySet().stream())
                    .map(entry -> new Reading(entry.getValue(), problems).agent(entry.getKey()))
                    .toList();
        }

        private Agent agent(String id) {
            return new Agent(
                    id,
                    get("role", Form.TEXT).orElse(Agent.WORKER),
                    get("active", Form.FLAG).orElse(false),
                    get("current_task", Form.TEXT));
        }

        private List<Discovery> discoveries() {
            List<Discovery> found = new ArrayList<>();
            for (Reading each : all("discoveries")) {
                found.add(
                        new Discovery(
                                each.get("id", Form.TEXT).orElse("discovery-" + (found.size() + 1)),
                                each.required("agent_id", Form.TEXT, "?"),
                                each.required(
                                        "content", Form.TEXT.where("text", t -> !t.isBlank()), "?"),
                                each.get("related_task", Form.TEXT),
                                each.get("tags", TEXTS).orElse(List.of()),
                                each.get("created_at", TIME).orElse(Instant.EPOCH)));
            }
            return found;
        }

        private <T> T required(String key, Form<T> form, T inItsPlace) {
            Optional<T> value = get(key, form);
            if (value.isEmpty() && !values.containsKey(key)) {
                problems.add(new Problem(place, key + " is missing"));
            }
            return value.orElse(inItsPlace);
        }

        private <T> Optional<T> get(String key, Form<T> form) {
            return there(key)
                    .flatMap(value -> {
                        Optional<T> meaning = form.read(value);
                        if (meaning.isEmpty()) {
                            problems.add(new Problem(value.place(), form.complaint(key, value)));
                        }
                        return meaning;
                    });
        }

        private Optional<Reading> object(String key) {
            return there(key).map(value -> new Reading(value, problems));
        }

        private List<Reading> all(String key) {
            Optional<Value> value = there(key);
            if (value.isPresent() && value.get() instanceof Value.Items items) {
                return items.values().stream().map(item -> new Reading(item, problems)).toList();
            }
            value.ifPresent(other ->
                    problems.add(
                            new Problem(
                                    other.place(), key + " must be a list, not " + other.shown())));
            return List.of();
        }

        private Optional<Value> there(String key) {
            return Optional.ofNullable(values.get(key))
                    .filter(value -> !(value instanceof Value.Nothing));
        }
    }
}
