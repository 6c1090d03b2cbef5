package dev.coppice.plan;

import dev.coppice.model.AgentName;
import dev.coppice.model.CommandLine;
import dev.coppice.model.Duty;
import dev.coppice.model.Excerpt;
import dev.coppice.model.Expectation;
import dev.coppice.model.Limits;
import dev.coppice.model.Need;
import dev.coppice.model.Plan;
import dev.coppice.model.Settings;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.plan.PlanRules.Author;
import dev.coppice.plan.TaskNames.Target;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// One check of one draft: first each task by itself, in the plan's order, then the whole. Only a
/// draft without a problem is turned into a plan.
final class PlanCheck {
    private static final Duration TIMEOUT_MAX = Duration.ofDays(1);
    private static final Duration ESTIMATE_MAX = Duration.ofDays(365);
    private static final int RETRIES_MAX = 100;

    /// A prompt that no model reads.
    private static final int TEXT_MAX = 1_000_000;

    /// Some pages: more is seldom one reviewable change.
    private static final int TEXT_LONG = 8_000;

    private static final int FEW_TASKS = 3;
    private static final int MANY_TASKS = 7;

    /// Nobody reads on, and a lead's next prompt must stay small.
    private static final int TOLD_MAX = 200;

    /// In a larger plan, a guess at what each misspelt id meant costs more than it helps.
    private static final int GUESSED_IDS_MAX = 200;

    private final PlanDraft draft;
    private final PlanRules rules;
    private final List<TaskDraft> tasks;
    private final TaskNames names;
    private final Settings.Agents agents;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();

    /// For each task the positions of those of the plan that it depends on.
    private final int[][] inside;

    /// For each task those that the job has already and that it depends on.
    private final List<Set<TaskId>> outside = new ArrayList<>();

    PlanCheck(PlanDraft draft, PlanRules rules) {
        this.draft = draft;
        this.rules = rules;
        this.tasks = draft.tasks();
        this.names = new TaskNames(tasks, rules.existing());
        this.agents = rules.settings().agents();
        this.inside = new int[tasks.size()][];
    }

    Verdict verdict() {
        problems.addAll(draft.problems());
        if (tasks.size() > rules.author().tasksMax()) {
            ofPlan(tasks.size() + " tasks; a plan may have " + rules.author().tasksMax());
            return new Verdict.Invalid(problems);
        }
        IntStream.range(0, tasks.size()).forEach(this::resolveDependencies);
        IntStream.range(0, tasks.size()).forEach(this::checkTask);
        checkWhole();
        return problems.isEmpty()
                ? new Verdict.Valid(plan(), capped(warnings))
                : new Verdict.Invalid(capped(problems));
    }

    private List<Problem> capped(List<Problem> found) {
        List<Problem> all = Problem.inOrder(found);
        if (all.size() <= TOLD_MAX) {
            return all;
        }
        List<Problem> told = new ArrayList<>(all.subList(0, TOLD_MAX));
        told.add(new Problem(draft.place(), "and " + (all.size() - TOLD_MAX) + " more"));
        return told;
    }

    private void resolveDependencies(int i) {
        Set<Integer> positions = new LinkedHashSet<>();
        Set<TaskId> ids = new LinkedHashSet<>();
        for (String dependency : tasks.get(i).dependencies()) {
            switch (names.resolve(i, dependency)) {
                case Target.Inside(int position) -> positions.add(position);
                case Target.Outside(TaskId id) -> ids.add(id);
                case Target.Unknown() -> {} // told when it is this task's turn
            }
        }
        positions.remove(i);
        inside[i] = positions.stream().mapToInt(Integer::intValue).toArray();
        outside.add(ids);
    }

    private void checkTask(int i) {
        TaskDraft task = tasks.get(i);
        task.unknownKeys()
                .forEach((key, place) -> unknownKey(place, who(i) + ": ", key, TaskKey.WORDS));
        checkId(i);
        checkText(i);
        checkPriority(i);
        checkDependencies(i);
        task.contextFiles().forEach(path -> checkContextFile(i, path));
        task.agent().ifPresent(agent -> checkAgent(i, agent));
        task.expectedFiles().forEach(path -> checkExpectedFile(i, path));
        task.estimate().ifPresent(time -> checkTime(i, TaskKey.ESTIMATE, time, ESTIMATE_MAX));
        task.timeout().ifPresent(time -> checkTime(i, TaskKey.TIMEOUT, time, TIMEOUT_MAX));
        checkRetries(i);
        checkBudget(i);
    }

    private void checkId(int i) {
        String name = names.of(i);
        if (TaskId.parse(name).isEmpty()) {
            ofTask(
                    i,
                    TaskKey.ID,
                    "that is no id: use letters, digits, \".\", \"_\" and \"-\", at most 64,"
                            + " starting with a letter or digit");
        }
        if (names.isExisting(name)) {
            ofTask(i, TaskKey.ID, "the job has a task of this id already; choose another");
        }
        int first = names.firstOfSameName(i);
        if (first != i) {
            ofTask(i, TaskKey.ID, "duplicate id: task number " + (first + 1) + " has it too");
        }
    }

    private void checkText(int i) {
        TaskDraft task = tasks.get(i);
        String description = task.description().orElse("");
        int length = description.length() + task.hints().orElse("").length();
        if (description.isBlank()) {
            ofTask(i, TaskKey.DESCRIPTION, "the description is empty; say what is to be done");
        } else if (length > TEXT_MAX) {
            ofTask(i, TaskKey.DESCRIPTION, length + " characters of text; at most " + TEXT_MAX);
        } else if (length > TEXT_LONG) {
            String message = length + " characters of text; a task should be one reviewable change";
            String place = task.placeOf(TaskKey.DESCRIPTION);
            warnings.add(new Problem(place, who(i) + ": " + message));
        }
    }

    private void checkPriority(int i) {
        tasks.get(i)
                .priority()
                .filter(p -> p < Task.FIRST_PRIORITY || p > Task.LAST_PRIORITY)
                .ifPresent(p -> ofTask(i, TaskKey.PRIORITY, "priority " + p + " is not 1 to 10"));
    }

    private void checkDependencies(int i) {
        for (String dependency : tasks.get(i).dependencies()) {
            switch (names.resolve(i, dependency)) {
                case Target.Inside(int position) when position == i ->
                        ofTask(i, TaskKey.DEPENDENCIES, "depends on itself");
                case Target.Inside _, Target.Outside _ -> {}
                case Target.Unknown() ->
                        ofTask(
                                i,
                                TaskKey.DEPENDENCIES,
                                "depends on an unknown task "
                                        + quoted(dependency)
                                        + near(i, dependency));
            }
        }
    }

    private String near(int i, String dependency) {
        if (tasks.size() > GUESSED_IDS_MAX) {
            return "";
        }
        List<String> others = new ArrayList<>(names.inOrder());
        others.remove(i);
        return Spelling.hint(dependency, others);
    }

    private void checkContextFile(int i, String path) {
        Optional<String> complaint = RepositoryPath.complaint(path);
        if (complaint.isPresent()) {
            ofTask(
                    i,
                    TaskKey.CONTEXT_FILES,
                    "context file " + quoted(path) + " " + complaint.get());
        } else if (!isPromised(i, path) && !rules.isContextFile().test(path)) {
            ofTask(
                    i,
                    TaskKey.CONTEXT_FILES,
                    "context file "
                            + quoted(path)
                            + " is not in the repository, nor among the expected_files of a task"
                            + " that this one depends on");
        }
    }

    private boolean isPromised(int i, String path) {
        return IntStream.of(inside[i])
                .anyMatch(needed -> tasks.get(needed).expectedFiles().contains(path));
    }

    private void checkExpectedFile(int i, String path) {
        RepositoryPath.complaint(path)
                .or(() -> GlobPattern.complaint(path))
                .ifPresent(complaint ->
                        ofTask(
                                i,
                                TaskKey.EXPECTED_FILES,
                                "expected file " + quoted(path) + " " + complaint));
    }

    private void checkAgent(int i, String agent) {
        if (configured(agent).isEmpty()) {
            String known =
                    agents.configured().keySet().stream()
                            .sorted()
                            .map(AgentName::value)
                            .collect(Collectors.joining(", "));
            ofTask(
                    i,
                    TaskKey.AGENT,
                    "there is no agent " + quoted(agent) + "; configured: " + known);
        }
    }

    private void checkTime(int i, TaskKey key, Duration time, Duration longest) {
        if (!time.isPositive() || time.compareTo(longest) > 0) {
            String range = " must be more than 0 and at most " + longest.toHours() + "h";
            ofTask(i, key, key.word() + range);
        }
    }

    private void checkRetries(int i) {
        tasks.get(i)
                .maxRetries()
                .filter(retries -> retries < 0 || retries > RETRIES_MAX)
                .ifPresent(retries ->
                        ofTask(
                                i,
                                TaskKey.MAX_RETRIES,
                                "max_retries " + retries + " is not 0 to " + RETRIES_MAX));
    }

    private void checkBudget(int i) {
        tasks.get(i)
                .budgetUsd()
                .filter(usd -> usd.signum() <= 0)
                .ifPresent(usd -> ofTask(i, TaskKey.BUDGET_USD, "budget_usd must be more than 0"));
    }

    private void checkWhole() {
        draft.unknownKeys().forEach((key, place) -> unknownKey(place, "", key, PlanDraft.KEYS));
        int size = tasks.size();
        if (size == 0 && draft.problems().isEmpty()) {
            ofPlan("there are no tasks; a plan needs at least one");
        }
        for (String circle : Cycles.in(inside, names.inOrder())) {
            ofPlan("these tasks wait for each other: " + circle + "; remove one dependency");
        }
        // what is handed over was cut elsewhere
        boolean isCutHere =
                rules.existing().isEmpty()
                        && tasks.stream().noneMatch(task -> task.handoff().isPresent());
        if (isCutHere && (size < FEW_TASKS || size > MANY_TASKS)) {
            String count = size == 1 ? "1 task" : size + " tasks";
            warnings.add(new Problem(draft.place(), count + "; 3 to 7 are usually best"));
        }
    }

    private void unknownKey(String place, String whose, String key, List<String> known) {
        String what = whose + "unknown key " + quoted(key);
        switch (rules.author()) {
            case PERSON -> {
                String hint = Spelling.hint(key, known);
                String all = "; known: " + String.join(", ", known);
                problems.add(new Problem(place, what + (hint.isEmpty() ? all : hint)));
            }
            case AGENT -> warnings.add(new Problem(place, what + " was dropped"));
        }
    }

    private void ofPlan(String message) {
        problems.add(new Problem(draft.place(), message));
    }

    private void ofTask(int i, TaskKey key, String message) {
        problems.add(new Problem(tasks.get(i).placeOf(key), who(i) + ": " + message));
    }

    private String who(int i) {
        return "task " + quoted(names.of(i));
    }

    private static String quoted(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return "\"" + Excerpt.beginning(line, 80, "…").text() + "\"";
    }

    private Optional<AgentName> configured(String name) {
        return agents.configured().keySet().stream()
                .filter(agent -> agent.value().equals(name))
                .findFirst();
    }

    private Plan plan() {
        List<Task> made = IntStream.range(0, tasks.size()).mapToObj(this::task).toList();
        String more = made.size() == 1 ? "" : " (and " + (made.size() - 1) + " more)";
        Optional<String> goal = draft.goal().filter(text -> !text.isBlank());
        return new Plan(goal.orElse(made.getFirst().name() + more), made);
    }

    private Task task(int i) {
        TaskDraft task = tasks.get(i);
        AgentName agent = task.agent().flatMap(this::configured).orElse(agents.byDefault());
        return new Task(
                new TaskId(names.of(i)),
                new Duty.Work(task.handoff()),
                task.description().orElseThrow(),
                task.priority().orElse(Task.DEFAULT_PRIORITY),
                needs(i),
                task.contextFiles(),
                task.hints().orElse(""),
                agent,
                task.model(),
                task.expects().orElseGet(() -> expectation(agent)),
                task.expectedFiles(),
                checks(task),
                rules.author() == Author.PERSON,
                task.estimate(),
                limits(task));
    }

    private List<Need> needs(int i) {
        List<Need> needs = new ArrayList<>();
        outside.get(i).forEach(id -> needs.add(Need.success(id)));
        for (int position : inside[i]) {
            needs.add(Need.success(new TaskId(names.of(position))));
        }
        return needs;
    }

    private Expectation expectation(AgentName agent) {
        return Optional.ofNullable(agents.configured().get(agent))
                .map(Settings.AgentSettings::expectation)
                .orElse(Expectation.ANY);
    }

    private List<CommandLine> checks(TaskDraft task) {
        List<CommandLine> checks = new ArrayList<>(rules.settings().checks());
        checks.addAll(task.checks());
        return checks;
    }

    private Limits limits(TaskDraft task) {
        Settings.Workers workers = rules.settings().workers();
        Optional<BigDecimal> budget = task.budgetUsd();
        return new Limits(
                task.timeout().orElse(workers.defaultTimeout()),
                task.maxRetries().orElse(workers.maxRetries()),
                workers.maxFixRounds(),
                budget);
    }
}
