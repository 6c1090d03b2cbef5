package dev.coppice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.CommitId;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Outcome;
import dev.coppice.model.Reason;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.report.JobView;
import dev.coppice.report.Provenance;
import dev.coppice.report.TaskView;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Jobs from the request to the merged result, with programs in place of agents.
class CoppiceTest {
    @TempDir Path folder;

    @Test
    void aPlanOfCommandsEndsInOneBranch() throws Exception {
        Scene scene = new Scene(folder, 20, "");

        JobView job =
                scene.run(
                        """
                        goal: Write two files and join them
                        tasks:
                          - id: a
                            description: echo one > a.txt
                          - id: b
                            description: echo two > b.txt
                          - id: c
                            description: cat a.txt b.txt > c.txt
                            dependencies: [a, b]
                        """);

        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        assertThat(scene.repository().read(job.resultBranch().orElseThrow(), "c.txt"))
                .isEqualTo("one\ntwo\n");
    }

    @Test
    void sixteenTasksAtOnceAreSixteenTasksInTheResult() throws Exception {
        // given
        Scene scene =
                new Scene(
                        folder,
                        500,
                        """
                        workers: { max_workers: 16 }
                        recursion: { workers_by_depth: [16] }
                        """);
        String before = checkout(scene.repository());
        Path gate = Files.createDirectory(folder.resolve("gate"));
        // none gets through before the sixteenth is there
        String tasks =
                IntStream.rangeClosed(1, 16)
                        .mapToObj(n ->
                                "  - description: touch '%s/%d'; until test $(ls '%s' | wc -l) = 16; do sleep 0.1; done; echo %d > made-%d.txt\n"
                                        .formatted(gate, n, gate, n, n))
                        .collect(Collectors.joining());

        // when
        JobView job = scene.run("goal: Many at once\ntasks:\n" + tasks);

        // then
        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        String branch = job.resultBranch().orElseThrow();
        for (int n = 1; n <= 16; n++) {
            assertThat(scene.repository().read(branch, "made-" + n + ".txt")).isEqualTo(n + "\n");
        }
        assertThat(checkout(scene.repository())).isEqualTo(before);
    }

    /// Everything of the user's that a run must leave as it was, byte for byte.
    private static String checkout(ScratchRepository repository) throws IOException {
        return repository.git("status", "--porcelain")
                + repository.git("rev-parse", "HEAD")
                + repository.git("symbolic-ref", "HEAD")
                + Files.readString(repository.globalConfiguration())
                + Files.readString(repository.path().resolve(".git/config"));
    }

    @Test
    void whatIsClosedByAnInterruptedThreadLeavesNoWorktreeEither() throws Exception {
        Scene scene = new Scene(folder, 1, "");
        Coppice coppice = scene.open();
        coppice.workspaces().warm(1, new CommitId(scene.repository().head()));
        String spare =
                scene.awaiting(
                        () -> scene.repository().git("worktree", "list").lines().skip(1).findAny());
        assertThat(spare).contains(".spare");
        Thread.currentThread().interrupt();

        coppice.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(scene.repository().git("worktree", "list").lines()).hasSize(1);
    }

    @Test
    void aConflictIsSettledByAResolverWhoWroteNeitherSide() throws Exception {
        Scene scene = new Scene(folder, 3, "");
        scene.repository().write("list.txt", "first\n");
        scene.repository().commit("Begin a list");

        JobView job =
                scene.run(
                        """
                        goal: |
                          Extend the list twice
                          ```script when conflict
                          settle list.txt
                          ```
                        tasks:
                          - id: left
                            description: echo left >> list.txt
                          - id: right
                            description: echo right >> list.txt
                        """);

        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        assertThat(scene.repository().read(job.resultBranch().orElseThrow(), "list.txt"))
                .isEqualTo("first\nleft\nright\n");
        assertThat(job.own().stream().map(t -> t.task().id().value()))
                .anyMatch(id -> id.startsWith("@resolve-"));
    }

    @Test
    void aConflictThatIsLeftToAPersonKeepsTheTaskOnItsBranch() throws Exception {
        Scene scene = new Scene(folder, 3, "integrate: { conflicts: manual }\n");
        scene.repository().write("list.txt", "first\n");
        scene.repository().commit("Begin a list");

        JobView job =
                scene.run(
                        """
                        goal: Extend the list twice
                        tasks:
                          - id: left
                            description: echo left >> list.txt
                          - id: right
                            description: echo right >> list.txt
                        """);

        assertThat(job.status()).isEqualTo(JobStatus.PARTIAL);
        assertThat(scene.repository().read(job.resultBranch().orElseThrow(), "list.txt"))
                .isEqualTo("first\nleft\n");
        assertThat(scene.repository().read(task(job, "right").branch().orElseThrow(), "list.txt"))
                .isEqualTo("first\nright\n");
    }

    @Test
    void whatFailedAttemptsLeftIsInTheirRescueRefs() throws Exception {
        Scene scene = new Scene(folder, 3, "workers: { max_retries: 0 }\n");
        scene.repository().write("tracked.txt", "as it was\n");
        scene.repository().commit("Track a file");

        JobView job = failInTwoWays(scene, 3);

        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(task(job, "failed").reason()).contains(Reason.EXIT_CODE);
        assertThat(task(job, "late").status()).isEqualTo(TaskStatus.TIMEOUT);
        for (int worker = 1; worker <= 2; worker++) {
            String rescue = "refs/coppice/rescue/" + job.id() + "/" + worker + "-1";
            assertThat(scene.repository().read(rescue, "untracked.txt")).isEqualTo("new\n");
            assertThat(scene.repository().read(rescue, "tracked.txt")).isEqualTo("changed\n");
        }
    }

    /// With more time for the task that takes too long, where it was over before that had worked: a busy machine may
    /// start nothing for seconds.
    private JobView failInTwoWays(Scene scene, int seconds) throws InterruptedException {
        Path worked = folder.resolve("worked");
        JobView job =
                scene.run(
                        """
                        goal: Fail in two ways
                        tasks:
                          - id: failed
                            description: echo new > untracked.txt; echo changed > tracked.txt; exit 3
                          - id: late
                            description: echo new > untracked.txt; echo changed > tracked.txt; touch '%s'; sleep 600
                            timeout: %d
                        """
                                .formatted(worked, seconds));
        return Files.exists(worked) ? job : failInTwoWays(scene, 4 * seconds);
    }

    @Test
    void aFailedTaskIsTriedAgainAndBlocksItsDependentsAtLast() throws Exception {
        Scene scene = new Scene(folder, 3, "workers: { retry: { base_delay: 0.01 } }\n");

        JobView job =
                scene.run(
                        """
                        goal: Fail
                        tasks:
                          - id: broken
                            description: exit 1
                            max_retries: 1
                          - id: behind
                            description: echo never > never.txt
                            dependencies: [broken]
                          - id: beside
                            description: echo done > done.txt
                        """);

        assertThat(job.status()).isEqualTo(JobStatus.PARTIAL);
        assertThat(task(job, "broken").attempts()).hasSize(2);
        assertThat(task(job, "behind").status()).isEqualTo(TaskStatus.BLOCKED);
        assertThat(task(job, "beside").status()).isEqualTo(TaskStatus.COMPLETED);
    }

    @Test
    void theLeadsPlanIsRun() throws Exception {
        Scene scene = new Scene(folder, 3, "");
        String request =
                """
                Write a file
                ```script
                answer
                | {"goal": "Write", "tasks": [{"id": "w", "description": "echo w > w.txt"}]}
                ```
                """;

        JobView job = scene.run(new RunOrder(request, Optional.empty(), Optional.empty()));

        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        assertThat(scene.repository().read(job.resultBranch().orElseThrow(), "w.txt"))
                .isEqualTo("w\n");
    }

    @Test
    void theTableOfFilesIsWhatGitSays() throws Exception {
        Scene scene = new Scene(folder, 3, "");
        scene.repository().write("old.txt", "old\n");
        scene.repository().write("kept.txt", "kept\n");
        scene.repository().commit("Have files");

        JobView job =
                scene.run(
                        """
                        goal: Change files in each way
                        tasks:
                          - description: echo new > new.txt; rm old.txt
                          - description: echo more >> kept.txt
                        """);

        String git =
                scene.repository()
                        .git(
                                "diff",
                                "--name-status",
                                "--no-renames",
                                job.request().base().orElseThrow().value(),
                                job.resultBranch().orElseThrow());
        String table =
                Provenance.of(job, List.of()).rows().stream()
                        .map(row -> row.kind().name().charAt(0) + "\t" + row.path() + "\n")
                        .map(line -> line.startsWith("C") ? "A" + line.substring(1) : line)
                        .sorted()
                        .collect(Collectors.joining());
        assertThat(table.lines().sorted()).containsExactlyElementsOf(git.lines().sorted().toList());
        assertThat(Provenance.of(job, List.of()).rows())
                .allSatisfy(row ->
                        assertThat(commit(scene, row.commit().orElseThrow()))
                                .as("who did it, as the commit says")
                                .contains(
                                        row.path(),
                                        "Coppice-Worker: " + row.workerId(),
                                        "Coppice-Task: " + row.task(),
                                        "Coppice-Agent: " + row.agent(),
                                        "Coppice-Attempt: " + row.attempt()));
    }

    private static List<String> commit(Scene scene, CommitId commit) {
        return scene.repository()
                .git("show", "--format=%(trailers)", "--name-only", commit.value())
                .lines()
                .toList();
    }

    @Test
    void theLeadIsAskedForAPlanAlone() throws Exception {
        Scene scene = new Scene(folder, 3, "");
        String request =
                """
                Write a file
                ```script
                answer
                | {"goal": "Write", "tasks": [{"id": "w", "description": "echo w > w.txt"}]}
                ```
                """;
        try (Coppice coppice = scene.open()) {
            Preparation prepared =
                    coppice.prepare(new RunOrder(request, Optional.empty(), Optional.empty()));

            Outcome outcome = coppice.plan((Preparation.Ready) prepared);

            assertThat(outcome).isInstanceOf(Outcome.Planned.class);
            assertThat(coppice.store().jobs()).isEmpty();
        }
    }

    @Test
    void whatBringsNoCommitHasNoBranch() throws Exception {
        Scene scene = new Scene(folder, 3, "checks: ['true']\n");
        String request =
                """
                Write two files
                ```script
                run git branch > "%s"
                answer
                | {"goal": "Write", "tasks": [
                |   {"id": "a", "description": "echo a > a.txt"},
                |   {"id": "b", "description": "echo b > b.txt"}]}
                ```
                """
                        .formatted(folder.resolve("branches"));

        JobView job = scene.run(new RunOrder(request, Optional.empty(), Optional.empty()));

        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        assertThat(folder.resolve("branches")).content().doesNotContain("coppice/");
        assertThat(scene.repository().git("branch", "--format=%(refname:short)").lines())
                .containsExactlyInAnyOrder(
                        "trunk",
                        "coppice/" + job.id() + "/1-a",
                        "coppice/" + job.id() + "/2-b",
                        "coppice/" + job.id() + "/result");
    }

    @Test
    void theResultIsMergedIntoTheBranchThatTheUserStandsOn() throws Exception {
        Scene scene = new Scene(folder, 3, "integrate: { result: merge }\n");

        JobView job =
                scene.run(
                        """
                        goal: Write
                        tasks:
                          - description: echo new > new.txt
                        """);

        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        assertThat(scene.repository().path().resolve("new.txt")).hasContent("new");
        assertThat(scene.repository().git("status", "--porcelain")).isEmpty();
    }

    @Test
    void whereNothingIsJoinedEachTaskKeepsItsBranch() throws Exception {
        Scene scene = new Scene(folder, 3, "integrate: { result: none }\n");

        JobView job = scene.run("tasks: [{id: a, description: echo a > a.txt}]");

        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        assertThat(job.resultBranch()).isEmpty();
        assertThat(scene.repository().read("coppice/" + job.id() + "/1-a", "a.txt"))
                .isEqualTo("a\n");
    }

    @Test
    void aWorkspaceIsGivenUpWithItsWorkUnlessItIsToBeKept() throws Exception {
        Scene kept = new Scene(folder.resolve("kept"), 3, "orchestrator: { keep: true }\n");
        Scene given = new Scene(folder.resolve("given"), 3, "");
        String plan = "tasks: [{id: a, description: echo a > a.txt}]";

        assertThat(worktree(kept, kept.run(plan)).resolve("a.txt")).hasContent("a");
        assertThat(worktree(given, given.run(plan))).doesNotExist();
    }

    private static Path worktree(Scene scene, JobView job) {
        return scene.repository()
                .path()
                .resolve(".coppice/workspace")
                .resolve(job.id().folder())
                .resolve("depth_0/worker_1/worktree");
    }

    @Test
    void moreWorkersThanCoresGetAWarning() throws Exception {
        Scene scene = new Scene(folder, 3, "workers: { max_workers: 64 }\n");
        try (Coppice coppice = scene.open()) {
            assertThat(coppice.prepare(Scene.order("tasks: [{id: a, description: 'true'}]")))
                    .isInstanceOfSatisfying(
                            Preparation.Ready.class,
                            ready ->
                                    assertThat(ready.warnings())
                                            .anyMatch(w ->
                                                    w.startsWith(
                                                            "max_workers is 64, but this machine has ")));
        }
    }

    @Test
    void whatAResolverMadeIsCheckedBeforeItIsTheResult() throws Exception {
        Scene scene =
                new Scene(
                        folder,
                        3,
                        """
                        checks: ["sh -c 'test $(wc -l < list.txt) -lt 3'"]
                        workers: { max_fix_rounds: 0, max_retries: 0 }
                        """);
        scene.repository().write("list.txt", "first\n");
        scene.repository().commit("Begin a list");

        JobView job = scene.run(EXTEND_TWICE);

        assertThat(job.tasks()).allMatch(t -> t.status() == TaskStatus.COMPLETED);
        assertThat(job.status()).isEqualTo(JobStatus.PARTIAL);
        assertThat(job.resultBranch()).isEmpty();
    }

    @Test
    void whatCanNotBeRescuedFailsForItsOwnReason() throws Exception {
        Scene scene = new Scene(folder, 3, "workers: { max_retries: 0 }\n");

        JobView job =
                scene.run(
                        """
                        goal: Break the workspace
                        tasks:
                          - id: a
                            description: echo broken > "$(git rev-parse --git-dir)/HEAD"; exit 3
                        """);

        assertThat(task(job, "a").reason()).contains(Reason.EXIT_CODE);
    }

    @Test
    void theResultBranchIsNotMovedBeneathTheUser() throws Exception {
        Scene scene = new Scene(folder, 3, "workers: { max_retries: 0 }\n");

        JobView job =
                scene.run(
                        """
                        goal: Stand on the result
                        tasks:
                          - id: a
                            description: echo a > a.txt; git -C "%s" switch -q -c coppice/$COPPICE_JOB/result
                        """
                                .formatted(scene.repository().path()));

        assertThat(task(job, "a").status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(scene.repository().git("status", "--porcelain")).isEmpty();
    }

    @Test
    void aJobWhoseLogsCanNotBeWrittenIsDone() throws Exception {
        Scene scene = new Scene(folder, 3, "");

        JobView job =
                scene.run(
                        """
                        goal: Put a folder where the log is
                        tasks:
                          - id: a
                            description: |
                              until l=$(find "%s" -name orchestrator.log) && rm "$l" && mkdir "$l"; do sleep 0.05; done
                              echo a > a.txt
                        """
                                .formatted(scene.repository().path().resolve(".coppice")));

        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
    }

    private static final String EXTEND_TWICE =
            """
            goal: |
              Extend the list twice
              ```script when conflict
              settle list.txt
              ```
            tasks:
              - id: left
                description: echo left >> list.txt
              - id: right
                description: echo right >> list.txt
            """;

    private static TaskView task(JobView job, String id) {
        return job.task(new TaskId(id)).orElseThrow();
    }
}
