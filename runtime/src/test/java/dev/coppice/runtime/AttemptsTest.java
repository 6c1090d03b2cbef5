package dev.coppice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.lead.PlanReader;
import dev.coppice.model.FileChange;
import dev.coppice.model.JobId;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Reason;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.plan.Problem;
import dev.coppice.plan.Verdict;
import dev.coppice.report.AttemptView;
import dev.coppice.report.JobView;
import dev.coppice.report.StatusText;
import dev.coppice.report.TaskView;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What single attempts may rely on, and what is seen of them.
class AttemptsTest {
    private static final String SOON_AGAIN = "workers: { retry: { base_delay: 0.01 } }\n";

    @TempDir Path folder;

    /// A program that says what it is told of tools.
    @Test
    void aVariableOfTheUsersOwnStaysAndItsAgentDoesWithoutTools() throws Exception {
        Scene scene = new Scene(folder, 3, "  opencode: { command: [opencode] }\n");
        Path programs = Files.createDirectories(folder.resolve("programs"));
        Path opencode =
                Files.writeString(
                        programs.resolve("opencode"),
                        "#!/bin/sh\necho \"tools by $OPENCODE_CONFIG\"; grep -o 'post_discovery' -; echo x > x.txt\n");
        assertThat(opencode.toFile().setExecutable(true)).isTrue();
        scene.findFirstIn(programs);
        String plan = "tasks: [{description: Do it, agent: opencode}]";

        TaskView told = withDoor(scene, plan).tasks().getFirst();
        scene.has("OPENCODE_CONFIG", "/etc/own.json");
        JobView job = withDoor(scene, plan);

        assertThat(told.result().output()).contains("attempt_1/opencode.json", "post_discovery");
        assertThat(job.tasks().getFirst().result().output())
                .contains("tools by /etc/own.json")
                .doesNotContain("post_discovery");
        assertThat(job.notes())
                .anyMatch(note -> note.text().contains("OPENCODE_CONFIG is the user's own"));
    }

    private static JobView withDoor(Scene scene, String plan) throws InterruptedException {
        try (Coppice coppice = scene.open()) {
            coppice.openDoor(URI.create("http://127.0.0.1:1"));
            JobId job = scene.submit(coppice, plan);
            coppice.await(job);
            return coppice.view(job).orElseThrow();
        }
    }

    @Test
    void whatARunningAttemptTakesIsSeenFromElsewhere() throws Exception {
        Scene scene = new Scene(folder, 3, "");
        Path go = folder.resolve("go");
        try (Coppice driving = scene.open();
                Coppice looking = scene.open()) {
            JobId job =
                    scene.submit(
                            driving,
                            """
                            goal: Wait
                            tasks:
                              - id: a
                                description: until [ -e '%s' ]; do sleep 0.05; done; echo a > a.txt
                            """
                                    .formatted(go));

            StatusText.Load load =
                    scene.awaiting(() ->
                            looking.view(job)
                                    .map(looking::loads)
                                    .flatMap(loads ->
                                            Optional.ofNullable(loads.get(new TaskId("a")))));

            assertThat(load.memoryBytes()).isPositive();
            Files.createFile(go);
            driving.await(job);
            assertThat(looking.loads(looking.view(job).orElseThrow())).isEqualTo(Map.of());
        }
    }

    @Test
    void anAgentWhoseWorkspaceIsGoneBeginsWithANewSession() throws Exception {
        Scene scene = new Scene(folder, 3, SOON_AGAIN);

        JobView job =
                scene.run(
                        """
                        goal: Lose the workspace
                        tasks:
                          - id: a
                            agent: scripted
                            hints: the whole task
                            description: |
                              Work
                              ```script
                              attempt 1: usage 10 5 0.01
                              attempt 1: run rm ../worktree.json
                              attempt 1: fail it is gone
                              expect the whole task
                              write a.txt
                              | a
                              ```
                        """);

        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        List<AttemptView> attempts = task(job, "a").attempts();
        assertThat(attempts.get(1).resumes()).isEqualTo(attempts.get(0).session());
        assertThat(attempts.get(1).session()).isPresent().isNotEqualTo(attempts.get(0).session());
    }

    @Test
    void aResumedTaskKeepsTheBaseThatItBeganFrom() throws Exception {
        Scene scene = new Scene(folder, 3, SOON_AGAIN);

        JobView job =
                scene.run(
                        """
                        goal: Go on after a while
                        tasks:
                          - id: a
                            description: echo a > a.txt
                          - id: b
                            description: echo b > b.txt
                          - id: c
                            agent: scripted
                            dependencies: [a, b]
                            description: |
                              Work
                              ```script
                              write c.txt
                              | c
                              attempt 1: run s=$(date +%s); until [ $(date +%s) -gt $s ]; do sleep 0.05; done
                              attempt 1: fail once
                              ```
                        """);

        List<AttemptView> attempts = task(job, "c").attempts();
        assertThat(attempts).hasSize(2);
        assertThat(attempts.get(1).session()).isEqualTo(attempts.get(0).session());
        assertThat(attempts.get(1).base()).isPresent().isEqualTo(attempts.get(0).base());
        assertThat(attempts.get(1).result().files())
                .extracting(FileChange::path)
                .containsExactly("c.txt");
    }

    @Test
    void aResolverThatCommittedTheMergeItselfIsNotGivenItAgain() throws Exception {
        Scene scene = new Scene(folder, 3, SOON_AGAIN);
        scene.repository().write("list.txt", "first\n");
        scene.repository().commit("Begin a list");

        scene.script(
                """
                ```script when conflict
                attempt 1: settle list.txt
                attempt 1: run rm "$(git rev-parse --git-dir)/MERGE_HEAD"; git add list.txt
                attempt 1: run git -c user.name=r -c user.email=r@r commit -qm Resolved
                attempt 1: fail too early
                ```
                """);

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

        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        assertThat(scene.repository().read(job.resultBranch().orElseThrow(), "list.txt"))
                .isEqualTo("first\nleft\nright\n");
    }

    @Test
    void workOnAHistoryThatLeftItsBaseIsJoinedAllTheSame() throws Exception {
        Scene scene = new Scene(folder, 3, "workers: { max_retries: 0 }\n");

        JobView job =
                scene.run(
                        """
                        goal: Rewrite history
                        tasks:
                          - id: orphan
                            description: |
                              git checkout -q --orphan own && echo a > a.txt && git add a.txt
                              git -c user.name=a -c user.email=a@b commit -qm Anew
                          - id: amend
                            description: |
                              echo b > b.txt && git add b.txt
                              git -c user.name=a -c user.email=a@b commit -q --amend -m Amended
                          - id: elsewhere
                            description: |
                              echo c > c.txt && git add c.txt
                              git -c user.name=a -c user.email=a@b commit -qm Left
                              git checkout -q -b another HEAD~1 && echo d > d.txt
                        """);

        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        String result = job.resultBranch().orElseThrow();
        assertThat(scene.repository().git("ls-tree", "--name-only", result))
                .contains("a.txt", "b.txt", "d.txt", "coppice.yaml");
        assertThat(scene.repository().git("log", "--format=%s", result))
                .as("what the agent left on its branch")
                .contains("Left");
    }

    @Test
    void theChecksOfAnAttemptHaveItsTimeTogether() throws Exception {
        Scene scene = new Scene(folder, 3, "workers: { max_retries: 0 }\n");

        JobView job =
                scene.run(
                        """
                        goal: Check for too long
                        tasks:
                          - id: a
                            description: echo a > a.txt
                            timeout: 2
                            checks: ["sleep 1.2", "sleep 1.2"]
                        """);

        assertThat(task(job, "a").status()).isEqualTo(TaskStatus.TIMEOUT);
        assertThat(task(job, "a").reason()).contains(Reason.WALL_TIMEOUT);
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aCancelReachesSetupCommands() throws Exception {
        Path begun = folder.resolve("begun");
        Scene scene =
                new Scene(
                        folder,
                        3,
                        "environment: { setup: [\"touch '%s'; sleep 600\"] }\n".formatted(begun));
        try (Coppice coppice = scene.open()) {
            JobId job =
                    scene.submit(
                            coppice,
                            """
                            goal: Never begin
                            tasks:
                              - id: a
                                description: echo a > a.txt
                            """);
            scene.awaiting(() -> Files.exists(begun) ? Optional.of(true) : Optional.empty());

            coppice.engine().cancel(job, Optional.empty());
            coppice.await(job);

            assertThat(coppice.view(job).orElseThrow().status()).isEqualTo(JobStatus.CANCELED);
        }
    }

    @Test
    void noSecretStaysInTheLogsThatProgramsWroteThemselves() throws Exception {
        Scene scene = new Scene(folder, 3, "environment: { setup: ['echo api_key=setup-1234'] }\n");

        JobView job =
                scene.run(
                        """
                        goal: Talk
                        tasks:
                          - id: a
                            description: >-
                              echo a > a.txt; echo "my password: out-12345678"; printf 'plain \\377\\n';
                              echo "token ghp_$(printf %020d 7)" >&2
                            checks: ['echo secret=check-12345678']
                        """);

        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        Path worker =
                scene.repository()
                        .path()
                        .resolve(".coppice/workspace")
                        .resolve(job.id().folder())
                        .resolve("depth_0/worker_1");
        Path attempt = worker.resolve("attempt_1");
        assertThat(attempt.resolve("output.log"))
                .hasBinaryContent(
                        "my password: ***\nplain \u00ff\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(attempt.resolve("error.log")).hasContent("token ***\n");
        assertThat(attempt.resolve("check_1.log")).hasContent("secret=***\n");
        assertThat(worker.resolve("setup.log"))
                .content()
                .contains("api_key=***")
                .doesNotContain("setup-1234");
    }

    /// Also where it looks like a secret: what is masked would be another task.
    @Test
    void whatIsAskedReachesAgentAndChecksAsItIs() throws Exception {
        // given
        String description =
                """
                /review $(touch made) "quoted" 'too' `id` \\ 🌱
                Make (password: required, 8 letters) out of api_key = ApiKeyFactory; it is mine.
                """
                        + "long ".repeat(40_000);
        Scene scene =
                new Scene(
                        folder,
                        3,
                        """
                          reader: { command: [bash, -c, "cat > prompt.txt"] }
                        checks: ['DB_PASSWORD=integration; test "$DB_PASSWORD" = integration']
                        """);
        String plan =
                "{\"goal\": \"Read\", \"tasks\": [{\"id\": \"a\", \"agent\": \"reader\", \"description\": \""
                        + description
                                .replace("\\", "\\\\")
                                .replace("\"", "\\\"")
                                .replace("\n", "\\n")
                        + "\"}]}";

        // when
        JobView job = scene.run(plan);

        // then
        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        String prompt = scene.repository().read(job.resultBranch().orElseThrow(), "prompt.txt");
        assertThat(prompt).contains(description.strip()).doesNotStartWith("/");
        assertThat(task(job, "a").task().description())
                .as("what is shown")
                .contains("(password: ***, 8 letters)");
    }

    @Test
    void theChecksOfAPersonFindThePersonsEnvironment() throws Exception {
        Scene scene = new Scene(folder, 3, "workers: { max_retries: 0 }\n");

        JobView job =
                scene.run(
                        """
                        goal: Check
                        tasks:
                          - description: echo a > a.txt
                            checks: ['test "$USERS_OWN$COPPICE_ATTEMPT" = mine1']
                        """);

        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void aPrivateHomeStaysOverATasksAttemptsAndIsTheAgentsAlone() throws Exception {
        // given: an agent that succeeds where it finds what it left at home
        Scene scene =
                new Scene(
                        folder,
                        3,
                        """
                          hermit: { command: [bash], stdin: description, home: private }
                        workers: { max_retries: 1, retry: { base_delay: 0 } }
                        """);

        // when
        JobView job =
                scene.run(
                        """
                        goal: Stay at home
                        tasks:
                          - id: a
                            agent: hermit
                            description: >-
                              test -e "$HOME/left" && echo "$HOME" > home.txt
                              || { touch "$HOME/left"; exit 1; }
                            checks: ['! grep -Fqx "$HOME" home.txt']
                        """);

        // then
        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        assertThat(task(job, "a").attempts()).hasSize(2);
        assertThat(scene.repository().read(job.resultBranch().orElseThrow(), "home.txt"))
                .startsWith(scene.repository().path().toString());
    }

    @Test
    void theChecksOfAnAgentFindNoMoreThanTheAgent() throws Exception {
        Scene scene = new Scene(folder, 3, "workers: { max_retries: 0 }\n");
        String request =
                """
                Check
                ```script
                answer
                | {"goal": "Check", "tasks": [{"id": "a", "description": "echo a > a.txt",
                |  "checks": ["test -z \\"$USERS_OWN\\""]}]}
                ```
                """;

        JobView job = scene.run(new RunOrder(request, Optional.empty(), Optional.empty()));

        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        assertThat(task(job, "a").task().checks()).hasSize(1);
    }

    @Test
    void aTargetThatCanBeNoBranchIsRefused() throws Exception {
        Scene scene = new Scene(folder, 3, "integrate: { result: merge, target: 'no branch..' }\n");
        try (Coppice coppice = scene.open()) {
            assertThat(coppice.prepare(Scene.order(TWO_TASKS)))
                    .isInstanceOfSatisfying(
                            Preparation.Refused.class,
                            refused ->
                                    assertThat(refused.refusal().problems())
                                            .extracting(Problem::place)
                                            .containsExactly("integrate.target"));
        }
    }

    @Test
    void fewerSlotsThanAskedForAreTold() throws Exception {
        Scene scene = new Scene(folder, 3, "workers: { max_workers: 16 }\n");
        scene.repository()
                .write(
                        "coppice.yaml",
                        """
                        workers: { max_workers: 16 }
                        agents:
                          default: script
                          lead: script
                          script: { command: [bash], stdin: description, max_concurrent: 4 }
                        """);
        try (Coppice coppice = scene.open()) {
            assertThat(coppice.prepare(Scene.order(TWO_TASKS)))
                    .isInstanceOfSatisfying(
                            Preparation.Ready.class,
                            ready ->
                                    assertThat(ready.warnings())
                                            .anyMatch(text -> text.contains("workers_by_depth"))
                                            .anyMatch(text ->
                                                    text.contains(
                                                            "no more than 4 attempts of script")));
        }
    }

    @Test
    void aBranchInTheWayOfTheTemplateIsTold() throws Exception {
        Scene scene =
                new Scene(folder, 3, "orchestrator: { branch_template: 'feature/<job>/<n>' }\n");
        scene.repository().git("branch", "feature");
        try (Coppice coppice = scene.open()) {
            assertThat(coppice.prepare(Scene.order(TWO_TASKS)))
                    .isInstanceOfSatisfying(
                            Preparation.Refused.class,
                            refused -> {
                                assertThat(refused.refusal().kind())
                                        .isEqualTo(Refusal.Kind.UNUSABLE);
                                assertThat(refused.refusal().problems())
                                        .extracting(Problem::toString)
                                        .anyMatch(text -> text.contains("git branch -m feature"));
                            });
        }
    }

    @Test
    void aTemplateThatGivesNoBranchIsRefusedWithItsPlace() {
        Scene scene =
                new Scene(folder, 3, "orchestrator: { branch_template: 'my work/<job>/<n>' }\n");

        assertThat(scene.opening())
                .isInstanceOfSatisfying(
                        Opening.Refused.class,
                        refused -> {
                            assertThat(refused.refusal().kind()).isEqualTo(Refusal.Kind.INVALID);
                            assertThat(refused.refusal().problems())
                                    .extracting(Problem::toString)
                                    .anyMatch(text -> text.contains("coppice.yaml:6"));
                        });
    }

    @Test
    void contextFilesAreThoseOfTheCommitThatTasksStartFrom() throws Exception {
        Scene scene = new Scene(folder, 3, "");
        scene.repository().write("docs/added.md", "later\n");
        String plan =
                """
                tasks:
                  - description: "true"
                    context_files: [%s]
                """;
        try (Coppice coppice = scene.open()) {
            assertThat(coppice.prepare(Scene.order(plan.formatted("docs/added.md"))))
                    .isInstanceOf(Preparation.Refused.class);
            assertThat(coppice.check(PlanReader.file("plan.yaml", plan.formatted("docs"))))
                    .isInstanceOf(Verdict.Invalid.class);
            scene.repository().commit("Add it");
            scene.repository().git("rm", "-q", "-r", "docs");
        }
        try (Coppice coppice = scene.open()) {
            assertThat(coppice.prepare(Scene.order(plan.formatted("docs/added.md"))))
                    .isInstanceOf(Preparation.Ready.class);
            assertThat(coppice.check(PlanReader.file("plan.yaml", plan.formatted("docs"))))
                    .isInstanceOf(Verdict.Valid.class);
        }
    }

    @Test
    void aSetupThatTakesAllTheTimeIsTheAttemptsTimeout() throws Exception {
        Scene scene =
                new Scene(
                        folder,
                        3,
                        """
                        environment: { setup: ["sleep 600"] }
                        workers: { default_timeout: 5, max_retries: 0 }
                        """);

        JobView job = scene.run("tasks: [{id: a, description: echo a > a.txt}]");

        assertThat(task(job, "a").reason()).contains(Reason.WALL_TIMEOUT);
        assertThat(task(job, "a").message()).contains("sleep 600");
    }

    @Test
    void aLeadThatIsOnlyNeededForConflictsMayBeMissing() throws Exception {
        Scene scene = new Scene(folder, 3, "");
        scene.repository()
                .write(
                        "coppice.yaml",
                        """
                        agents:
                          default: script
                          lead: absent
                          script: { command: [bash], stdin: description }
                          absent: { command: [no-such-program] }
                        """);
        try (Coppice coppice = scene.open()) {
            assertThat(coppice.prepare(Scene.order(TWO_TASKS)))
                    .isInstanceOfSatisfying(
                            Preparation.Ready.class,
                            ready ->
                                    assertThat(ready.warnings())
                                            .anyMatch(text -> text.contains("absent")));
        }
    }

    private static final String TWO_TASKS =
            """
            goal: Write
            tasks:
              - description: echo a > a.txt
              - description: echo b > b.txt
            """;

    private static TaskView task(JobView job, String id) {
        return job.task(new TaskId(id)).orElseThrow();
    }
}
