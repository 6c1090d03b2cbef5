package dev.coppice.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.AgentName;
import dev.coppice.model.CommandLine;
import dev.coppice.model.Expectation;
import dev.coppice.model.Need;
import dev.coppice.model.Plan;
import dev.coppice.model.Settings;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.plan.PlanRules.Author;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PlansTest {
    private static final CommandLine JOB_CHECK = CommandLine.shell("make test");

    private Author author = Author.PERSON;
    private List<TaskId> existing = List.of();

    @Test
    void whatADraftLeavesOutComesFromTheSettings() {
        Task task = valid(task("a").description("Write it")).tasks().getFirst();

        assertThat(task.priority()).isEqualTo(5);
        assertThat(task.needs()).isEmpty();
        assertThat(task.agent()).isEqualTo(new AgentName("claude"));
        assertThat(task.model()).isEmpty();
        assertThat(task.expects()).isEqualTo(Expectation.CHANGES);
        assertThat(task.checks()).containsExactly(JOB_CHECK);
        assertThat(task.limits().timeout()).hasMinutes(10);
        assertThat(task.limits().maxRetries()).isEqualTo(2);
        assertThat(task.limits().maxFixRounds()).isEqualTo(3);
        assertThat(task.limits().budgetUsd()).isEmpty();
        assertThat(task.trusted()).isTrue();
    }

    @Test
    void whatADraftSaysHolds() {
        CommandLine own = CommandLine.shell("test -s a");
        Task task =
                valid(
                                task("a")
                                        .agent("script")
                                        .model("big")
                                        .priority(10)
                                        .hints("Mind the gap")
                                        .contextFiles(List.of("README.md"))
                                        .expectedFiles(List.of("src/*.java"))
                                        .checks(List.of(own))
                                        .estimate(Duration.ofMinutes(5))
                                        .timeout(Duration.ofHours(1))
                                        .maxRetries(0)
                                        .budgetUsd(new BigDecimal("0.50")))
                        .tasks()
                        .getFirst();

        assertThat(task.agent()).isEqualTo(new AgentName("script"));
        assertThat(task.expects()).as("a command's").isEqualTo(Expectation.ANY);
        assertThat(task.checks()).as("the job's, then its own").containsExactly(JOB_CHECK, own);
        assertThat(task.limits().timeout()).hasHours(1);
        assertThat(task.limits().maxRetries()).isZero();
        assertThat(task.limits().budgetUsd()).contains(new BigDecimal("0.50"));
        assertThat(task.estimate()).contains(Duration.ofMinutes(5));
    }

    @Test
    void aTaskWithoutAnIdIsCalledByItsNumber() {
        Plan plan = valid(task("task-2"), unnamed(), unnamed());

        assertThat(plan.tasks())
                .extracting(task -> task.id().value())
                .as("task-2 is taken, so that the second gets the next number that is free")
                .containsExactly("task-2", "task-4", "task-3");
    }

    @Test
    void anAliasMeansTheTaskOfThatNumberUnlessATaskHasThatId() {
        Plan plan =
                valid(
                        task("a"),
                        task("b").dependencies(List.of("task-1")),
                        task("c").dependencies(List.of("task-002", "a")),
                        task("task-1"),
                        task("d").dependencies(List.of("task-01", "task-3")));

        assertThat(needs(plan, 1)).containsExactly("task-1");
        assertThat(needs(plan, 2)).containsExactly("b", "a");
        assertThat(needs(plan, 4)).containsExactly("a", "c");
    }

    @Test
    void aDependencyThatIsNamedTwiceIsOneNeed() {
        Plan plan = valid(task("a"), task("b").dependencies(List.of("a", "task-1", "a")));

        assertThat(plan.tasks().get(1).needs()).containsExactly(Need.success(new TaskId("a")));
    }

    @Test
    void anAddedTaskMayDependOnTheJobsTasks() {
        existing = List.of(TaskId.PLAN, new TaskId("first"), new TaskId("second"));

        Plan plan = valid(unnamed().dependencies(List.of("task-001", "second")));

        assertThat(needs(plan, 0)).containsExactly("first", "second");
        assertThat(plan.tasks().getFirst().id()).isEqualTo(new TaskId("task-3"));
    }

    @Test
    void theFirstTaskAddedCanNotDependOnTaskOne() {
        assertThat(problems(unnamed().dependencies(List.of("task-001"))))
                .containsExactly(
                        "tasks[0].dependencies: task \"task-1\": depends on an unknown task"
                                + " \"task-001\"");
    }

    @Test
    void allProblemsAreToldAtOnceInThePlansOrder() {
        assertThat(
                        problems(
                                task("a b").priority(0),
                                task("ok").description(" ").agent("gpt"),
                                task("ok").dependencies(List.of("a b", "okk", "ok", "nowhere")),
                                task("files")
                                        .contextFiles(
                                                List.of(
                                                        "README.md",
                                                        "absent.md",
                                                        "../secret",
                                                        "a/../../b",
                                                        "/etc/passwd",
                                                        "~/.ssh/id",
                                                        "C:\\Windows",
                                                        ".git/config",
                                                        " "))
                                        .expectedFiles(List.of("../*.java", "a\tb", "src/[")),
                                task("limits")
                                        .priority(11)
                                        .timeout(Duration.ZERO)
                                        .estimate(Duration.ofDays(999))
                                        .maxRetries(-1)
                                        .budgetUsd(BigDecimal.ZERO),
                                task("keys")
                                        .unknownKey("agnt", "plan.yaml:9")
                                        .unknownKey("depends_on", "plan.yaml:10"),
                                task("self").dependencies(List.of("self"))))
                .containsExactlyElementsOf(
                        """
                        tasks[0].id: task "a b": that is no id: use letters, digits, ".", "_" and "-", at most 64, starting with a letter or digit
                        tasks[0].priority: task "a b": priority 0 is not 1 to 10
                        tasks[1].description: task "ok": the description is empty; say what is to be done
                        tasks[1].agent: task "ok": there is no agent "gpt"; configured: claude, script
                        tasks[2].id: task "ok": duplicate id: task number 2 has it too
                        tasks[2].dependencies: task "ok": depends on an unknown task "okk"; did you mean "ok"?
                        tasks[2].dependencies: task "ok": depends on an unknown task "nowhere"
                        tasks[3].context_files: task "files": context file "absent.md" is not in the repository, nor among the expected_files of a task that this one depends on
                        tasks[3].context_files: task "files": context file "../secret" leaves the repository
                        tasks[3].context_files: task "files": context file "a/../../b" leaves the repository
                        tasks[3].context_files: task "files": context file "/etc/passwd" must be given from the repository's root
                        tasks[3].context_files: task "files": context file "~/.ssh/id" must be given from the repository's root
                        tasks[3].context_files: task "files": context file "C:\\Windows" must be given from the repository's root
                        tasks[3].context_files: task "files": context file ".git/config" is git's own
                        tasks[3].context_files: task "files": context file " " is empty
                        tasks[3].expected_files: task "files": expected file "../*.java" leaves the repository
                        tasks[3].expected_files: task "files": expected file "a?b" has control characters
                        tasks[3].expected_files: task "files": expected file "src/[" has a "[" without its "]"
                        tasks[4].priority: task "limits": priority 11 is not 1 to 10
                        tasks[4].estimate: task "limits": estimate must be more than 0 and at most 8760h
                        tasks[4].timeout: task "limits": timeout must be more than 0 and at most 24h
                        tasks[4].max_retries: task "limits": max_retries -1 is not 0 to 100
                        tasks[4].budget_usd: task "limits": budget_usd must be more than 0
                        plan.yaml:9: task "keys": unknown key "agnt"; did you mean "agent"?
                        plan.yaml:10: task "keys": unknown key "depends_on"; did you mean "dependencies"?
                        tasks[6].dependencies: task "self": depends on itself
                        """
                                .lines()
                                .toList());
    }

    @Test
    void aPlanNeedsTasks() {
        assertThat(problems())
                .containsExactly("plan: there are no tasks; a plan needs at least one");
    }

    @Test
    void whatCouldNotBeReadIsToldAlone() {
        Problem broken = new Problem("plan.yaml:3", "can't be read");

        Verdict verdict = Plans.check(PlanDraft.unreadable(broken), rules());

        assertThat(verdict).isEqualTo(new Verdict.Invalid(List.of(broken)));
    }

    @Test
    void aCircleIsNamed() {
        assertThat(
                        problems(
                                task("a").dependencies(List.of("c")),
                                task("b").dependencies(List.of("a")),
                                task("c").dependencies(List.of("task-2")),
                                task("d").dependencies(List.of("a", "e")),
                                task("e").dependencies(List.of("d"))))
                .containsExactly(
                        "plan: these tasks wait for each other: a → c → b → a; remove one dependency",
                        "plan: these tasks wait for each other: d → e → d; remove one dependency");
    }

    @Test
    void aContextFileMayBePromisedByADependency() {
        valid(
                task("a").expectedFiles(List.of("src/New.java")),
                task("b").contextFiles(List.of("src/New.java")).dependencies(List.of("a")));

        assertThat(
                        problems(
                                task("a").expectedFiles(List.of("src/New.java")),
                                task("b").contextFiles(List.of("src/New.java"))))
                .hasSize(1);
    }

    @Test
    void anIdOfTheJobCanNotBeUsedAgain() {
        existing = List.of(new TaskId("a"));

        assertThat(problems(task("a")))
                .containsExactly(
                        "tasks[0].id: task \"a\": the job has a task of this id already; choose"
                                + " another");
    }

    @Test
    void anAgentsPlanIsNotTrusted() {
        author = Author.AGENT;

        Verdict verdict =
                Plans.check(draft(task("a").unknownKey("sudo", "tasks[0].sudo")), rules());

        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Valid.class,
                        valid -> {
                            assertThat(valid.plan().tasks().getFirst().trusted()).isFalse();
                            assertThat(valid.warnings())
                                    .extracting(Problem::toString)
                                    .contains(
                                            "tasks[0].sudo: task \"a\": unknown key \"sudo\" was"
                                                    + " dropped");
                        });
        assertThat(problems(task("a").agent("root"))).hasSize(1);
    }

    @Test
    void anAgentsPlanIsBounded() {
        author = Author.AGENT;

        assertThat(problems(many(1001))).containsExactly("plan: 1001 tasks; a plan may have 1000");
    }

    @Test
    void unusualSizesGetAWarning() {
        assertThat(warnings(task("a"), task("b"), task("c"))).isEmpty();
        assertThat(warnings(many(7))).isEmpty();
        assertThat(warnings(many(8))).containsExactly("plan: 8 tasks; 3 to 7 are usually best");
        assertThat(warnings(task("a").description("x".repeat(9000))))
                .containsExactly(
                        "tasks[0].description: task \"a\": 9000 characters of text; a task should"
                                + " be one reviewable change",
                        "plan: 1 task; 3 to 7 are usually best");
    }

    @Test
    void aLongDescriptionIsKeptWhole() {
        String text = "é".repeat(10_000);

        assertThat(valid(task("a").description(text)).tasks().getFirst().description())
                .isEqualTo(text);
    }

    @Test
    void manyProblemsAreCounted() {
        TaskDraft.Builder[] bad =
                IntStream.range(0, 300)
                        .mapToObj(i -> task("t" + i).priority(99))
                        .toArray(TaskDraft.Builder[]::new);

        assertThat(problems(bad)).hasSize(201).last().isEqualTo("plan: and 100 more");
    }

    @Test
    void aHundredThousandTasksInOneChainAreChecked() {
        TaskDraft.Builder[] chain = many(100_000);
        for (int i = 1; i < chain.length; i++) {
            chain[i].dependencies(List.of("t" + (i - 1)));
        }

        assertThat(valid(chain).tasks()).hasSize(100_000);

        chain[0].dependencies(List.of("t99999"));
        assertThat(problems(chain))
                .singleElement()
                .asString()
                .contains("t0 → t99999 → t99998", "(99980 more)", "t1 → t0;");
    }

    private TaskDraft.Builder[] many(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> task("t" + i))
                .toArray(TaskDraft.Builder[]::new);
    }

    private static TaskDraft.Builder task(String id) {
        return unnamed().id(id);
    }

    private static TaskDraft.Builder unnamed() {
        return TaskDraft.unplaced().description("Do something");
    }

    private static PlanDraft draft(TaskDraft.Builder... tasks) {
        return PlanDraft.of("Build it", List.of(tasks));
    }

    private Plan valid(TaskDraft.Builder... tasks) {
        return switch (Plans.check(draft(tasks), rules())) {
            case Verdict.Valid(Plan plan, List<Problem> _) -> plan;
            case Verdict.Invalid(List<Problem> problems) -> throw new AssertionError(problems);
        };
    }

    private List<String> warnings(TaskDraft.Builder... tasks) {
        return switch (Plans.check(draft(tasks), rules())) {
            case Verdict.Valid(Plan _, List<Problem> warnings) -> texts(warnings);
            case Verdict.Invalid(List<Problem> problems) -> throw new AssertionError(problems);
        };
    }

    private List<String> problems(TaskDraft.Builder... tasks) {
        return switch (Plans.check(draft(tasks), rules())) {
            case Verdict.Valid(Plan plan, List<Problem> _) -> throw new AssertionError(plan);
            case Verdict.Invalid(List<Problem> problems) -> texts(problems);
        };
    }

    private static List<String> texts(List<Problem> problems) {
        return problems.stream().map(Problem::toString).toList();
    }

    private static List<String> needs(Plan plan, int task) {
        return plan.tasks().get(task).needs().stream().map(need -> need.task().value()).toList();
    }

    private PlanRules rules() {
        return new PlanRules(settings(), author, Set.of("README.md")::contains, existing);
    }

    private static Settings settings() {
        Map<AgentName, Settings.AgentSettings> agents = new LinkedHashMap<>();
        agents.put(new AgentName("script"), agent(Settings.Kind.COMMAND));
        agents.put(new AgentName("claude"), agent(Settings.Kind.CLAUDE));
        return new Settings(
                new Settings.Layout("w", "<job>/<n>", Settings.Isolation.WORKTREE, false),
                new Settings.Workers(
                        3,
                        Duration.ofMinutes(10),
                        Optional.empty(),
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(2),
                        4_000_000_000L,
                        2,
                        3,
                        new Settings.Backoff(
                                Duration.ofSeconds(1), Duration.ofMinutes(1), 0.1, 1.5)),
                new Settings.Recursion(true, 3, List.of()),
                new Settings.Agents(new AgentName("claude"), new AgentName("claude"), agents),
                Settings.Environment.NONE,
                List.of(JOB_CHECK),
                new Settings.Integrate(
                        Settings.Result.BRANCH, Settings.Conflicts.AGENT, Optional.empty()),
                Optional.empty());
    }

    private static Settings.AgentSettings agent(Settings.Kind kind) {
        return new Settings.AgentSettings(
                kind,
                List.of("x"),
                List.of(),
                Optional.empty(),
                Settings.Permission.EDIT,
                Settings.Input.PROMPT,
                List.of(),
                Settings.Home.USER,
                4);
    }
}
