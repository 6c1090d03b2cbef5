package dev.coppice.library.orchestrator;

import static dev.coppice.library.orchestrator.Scene.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coppice.model.JobId;
import dev.coppice.report.JobView;
import dev.coppice.runtime.Audit;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.JobEvents;
import dev.coppice.runtime.Surroundings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Document 003's runs, with the scripted agent as worker and leader.
@Timeout(300)
class RunsTest {
    private static final String NO_RETRIES = "workers: { max_retries: 0, stop_grace: 1 }\n";

    @TempDir(cleanup = CleanupMode.NEVER)
    Path scratch;

    @Test
    void c17_aWorkerThatExitsWithThreeHasFailed() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        try (Orchestrator orchestrator = scene.begun()) {
            Task task = orchestrator.addTask(script("Break", "exit 3\n"));

            OrchestrationResult result = orchestrator.runWithPredefinedTasks();

            assertThat(result.tasksFailed()).isEqualTo(1);
            assertThat(orchestrator.taskOrThrow(task.id()).result().flatMap(TaskResult::error))
                    .hasValueSatisfying(error -> assertThat(error).contains("exit code 3"));
            assertThat(scene.failed()).extracting(Task::id).containsExactly(task.id());
        }
    }

    @Test
    void c17_aWorkerThatPassesItsTimeIsKilledAndHasFailed() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        String told = "";
        // with ever more time, since a busy machine may need more than this until it has begun
        for (int seconds = 5; !Files.exists(scratch.resolve("begun")); seconds *= 2) {
            told = failureAfter(seconds, scene);
        }
        assertThat(told).contains("workers.default_timeout");
    }

    private String failureAfter(int seconds, Scene scene) throws InterruptedException {
        try (Orchestrator orchestrator =
                scene.builder().taskTimeout(Duration.ofSeconds(seconds)).build()) {
            orchestrator.initialize("Build");
            Task task =
                    orchestrator.addTask(
                            script(
                                    "Sleep",
                                    "deaf\nrun touch '%s/begun'\nhang\n".formatted(scratch)));

            OrchestrationResult result = orchestrator.runWithPredefinedTasks();

            assertThat(result.tasksFailed()).isEqualTo(1);
            Task failed = orchestrator.taskOrThrow(task.id());
            assertThat(failed.status()).isEqualTo(TaskStatus.FAILED);
            assertNoAgentLives(scene, orchestrator);
            return failed.result().flatMap(TaskResult::error).orElseThrow();
        }
    }

    @Test
    void c17_aLeadersPlanMayNameTasksByTheirNumbers() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        scene.leads(
                """
                expect Say hello twice
                expect Build one, then the other
                answer
                | {"goal": "Hello", "notes": "as it is", "tasks": [
                |   {"id": "first", "description": "echo one > one.txt", "agent": "lines"},
                |   {"description": "cat one.txt > two.txt", "agent": "lines", "dependencies": ["task-1"]}]}
                """);
        try (Orchestrator orchestrator = scene.builder().build()) {
            orchestrator.initialize("Say hello twice", "Build one, then the other");

            OrchestrationResult result = orchestrator.runWithLeaderPlanning();

            assertThat(result.tasksCompleted()).isEqualTo(2);
            assertThat(orchestrator.state().tasks().get(1).dependencies()).containsExactly("first");
            assertThat(orchestrator.state().masterPlan()).isEqualTo("Build one, then the other");
            assertThat(orchestrator.state().agents())
                    .extracting(Agent::role)
                    .contains("leader", "worker");
        }
    }

    @Test
    void anEmptyMasterPlanIsFilledByTheLeaders() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        scene.leads(
                """
                answer
                | {"tasks": [{"description": "echo one > one.txt", "agent": "lines"}]}
                """);
        try (Orchestrator orchestrator = scene.begun()) {
            orchestrator.addTask(script("By hand", "write two.txt\n| two\n"));

            OrchestrationResult result = orchestrator.runWithLeaderPlanning();

            assertThat(result.tasksCompleted()).isEqualTo(2);
            assertThat(orchestrator.state().masterPlan()).contains("echo one > one.txt");
            assertThat(result.summary()).startsWith("2 of 2 tasks are done.");
        }
    }

    @Test
    void c17_proseIsNoPlan() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        Path asked = scratch.resolve("asked");
        scene.leads("run echo asked >> '%s'\nsay First this, then that.\n".formatted(asked));
        try (Orchestrator orchestrator = scene.begun()) {
            assertThatThrownBy(orchestrator::runWithLeaderPlanning)
                    .isInstanceOf(OrchestrationException.class)
                    .isNotInstanceOf(TaskTimeoutException.class)
                    .hasMessageContaining("The leader made no plan");
            assertThat(orchestrator.state().tasks()).isEmpty();
        }
        assertThat(Files.readAllLines(asked)).as("it was sent back").hasSizeGreaterThan(1);
    }

    @Test
    void aPlanningThatCameToNothingCanBeDoneAgain() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        scene.leads("say First this, then that.\n");
        try (Orchestrator orchestrator = scene.begun()) {
            assertThatThrownBy(orchestrator::runWithLeaderPlanning)
                    .isInstanceOf(OrchestrationException.class);
            scene.leads(
                    """
                    answer
                    | {"tasks": [{"description": "echo one > one.txt", "agent": "lines"}]}
                    """);

            assertThat(orchestrator.runWithLeaderPlanning().tasksCompleted()).isEqualTo(1);

            assertThatThrownBy(orchestrator::runWithLeaderPlanning)
                    .hasMessageStartingWith("The leader has planned already");
        }
    }

    @Test
    void whereThereIsNothingToSumUpNobodyIsAsked() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        try (Orchestrator orchestrator = scene.begun()) {
            OrchestrationResult result = orchestrator.runWithPredefinedTasks();

            assertThat(result.summary()).isEqualTo("0 of 0 tasks are done.");
            try (Coppice coppice = scene.coppice()) {
                assertThat(coppice.log().jobs()).hasSize(1);
            }
        }
    }

    @Test
    void aRunThatPassesItsTimeSaysSo() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        try (Orchestrator orchestrator =
                scene.builder().runTimeout(Duration.ofSeconds(2)).build()) {
            orchestrator.initialize("Build");
            orchestrator.addTask(script("Wait", "hang\n"));

            assertThatThrownBy(orchestrator::runWithPredefinedTasks)
                    .isInstanceOfSatisfying(
                            TaskTimeoutException.class,
                            e -> assertThat(e.jobId()).isEqualTo(orchestrator.jobId()))
                    .hasMessageContaining("runTimeout");
            assertNoAgentLives(scene, orchestrator);
        }
    }

    @Test
    void claudeIsStartedWithTheModel() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        Path told = scratch.resolve("told");
        Path claude =
                Files.writeString(
                        scratch.resolve("claude"),
                        "#!/bin/bash\nprintf '%%s\\n' \"$@\" >> '%s'\nexit 1\n".formatted(told));
        Files.setPosixFilePermissions(claude, PosixFilePermissions.fromString("rwxr-xr-x"));
        scene.repository()
                .write(
                        "coppice.yaml",
                        """
                        agents:
                          default: claude
                          lead: claude
                          claude: { kind: claude, command: ['%s'] }
                        """
                                        .formatted(claude)
                                + NO_RETRIES);
        scene.repository().commit("Work with claude");
        for (Orchestrator.Builder builder :
                List.of(scene.builder().model("model-of-the-test"), scene.builder())) {
            try (Orchestrator orchestrator = builder.build()) {
                orchestrator.initialize("Build");
                orchestrator.addTask("Create User model");

                assertThat(orchestrator.runWithPredefinedTasks().tasksFailed()).isEqualTo(1);
            }
        }
        assertThat(told)
                .content()
                .contains(
                        "--model\nmodel-of-the-test\n",
                        "--model\n" + Orchestrator.DEFAULT_MODEL + "\n");
    }

    @Test
    void c17_aPriorityOutOfRangeIsRefusedWithItsPlace() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        scene.leads("answer\n| {\"tasks\": [{\"description\": \"x\", \"priority\": 99}]}\n");
        try (Orchestrator orchestrator = scene.begun()) {
            assertThatThrownBy(orchestrator::runWithLeaderPlanning)
                    .isInstanceOf(OrchestrationException.class)
                    .hasMessageContaining("tasks[0].priority")
                    .hasMessageContaining("99");
        }
    }

    @Test
    void aPlanningThatPassesItsTimeSaysSo() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        scene.leads("hang\n");
        try (Orchestrator orchestrator =
                scene.builder().taskTimeout(Duration.ofSeconds(2)).build()) {
            orchestrator.initialize("Build");

            assertThatThrownBy(orchestrator::runWithLeaderPlanning)
                    .isInstanceOf(TaskTimeoutException.class)
                    .hasMessageContaining("default_timeout");
        }
    }

    @Test
    void c18_whatDependsOnAFailedTaskIsBlockedAndTheRunEnds() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        try (Orchestrator orchestrator = scene.begun()) {
            Task first = orchestrator.addTask(script("Break", "fail it can't be\n"));
            Task second =
                    orchestrator.addTask(
                            NewTask.of(script("Go on", "write x\n| x\n"))
                                    .withDependencies(first.id()));

            OrchestrationResult result = orchestrator.runWithPredefinedTasks();

            assertThat(result.tasksCompleted()).isZero();
            assertThat(result.tasksFailed()).isEqualTo(1);
            assertThat(orchestrator.taskOrThrow(second.id()).status())
                    .isEqualTo(TaskStatus.BLOCKED);
            assertThat(orchestrator.health().problems())
                    .hasSize(2)
                    .anySatisfy(problem -> assertThat(problem).contains("it can't be"));
        }
    }

    @Test
    void c19_whatATaskFindsIsInThePromptsOfLaterOnes() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        try (Orchestrator orchestrator = scene.begun()) {
            Task first =
                    orchestrator.addTask(script("Look", "discover D1 is here\nwrite one\n| one\n"));
            orchestrator.addTask(
                    NewTask.of(script("Use it", "expect D1 is here\nwrite two\n| two\n"))
                            .withDependencies(first.id()));

            OrchestrationResult result = orchestrator.runWithPredefinedTasks();

            assertThat(result.tasksCompleted()).isEqualTo(2);
            assertThat(result.discoveries()).isEqualTo(1);
            assertThat(scene.found())
                    .singleElement()
                    .satisfies(found -> assertThat(found.agentId()).isEqualTo("worker_1"));
        }
    }

    @Test
    void c21_theCompleteExampleTellsItsFiveValuesAndLeavesNoProcess() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        try (Orchestrator orchestrator = scene.builder().maxWorkers(3).build()) {
            orchestrator.initialize(
                    script("Build user authentication system", "say All three are done.\n")
                            .replace("```script", "```script for summary"));
            Task one =
                    orchestrator.addTask(
                            script("Create User model", "write src/models/user.ts\n| user\n"), 1);
            Task two =
                    orchestrator.addTask(
                            NewTask.of(
                                            script(
                                                    "Implement login endpoint",
                                                    "expect Use bcrypt\nwrite login.ts\n| login\n"))
                                    .withPriority(2)
                                    .withDependencies(one.id())
                                    .withContextFiles("src/models/user.ts")
                                    .withHints("Use bcrypt for password hashing"));
            orchestrator.addTask(
                    NewTask.of(script("Write unit tests", "write test.ts\n| test\n"))
                            .withPriority(3)
                            .withDependencies(one.id(), two.id()));

            OrchestrationResult result = orchestrator.runWithPredefinedTasks();

            assertThat(result.goal()).startsWith("Build user authentication system");
            assertThat(result.tasksCompleted()).isEqualTo(3);
            assertThat(result.tasksFailed()).isZero();
            assertThat(result.discoveries()).isZero();
            assertThat(result.summary()).isEqualTo("All three are done.");
            assertThat(orchestrator.taskOrThrow(one.id()).result().orElseThrow().filesCreated())
                    .containsExactly("src/models/user.ts");
            assertNoAgentLives(scene, orchestrator);
            try (Coppice coppice = scene.coppice()) {
                JobId job = JobId.parse(orchestrator.jobId()).orElseThrow();
                JobView view = coppice.view(job).orElseThrow();
                assertThat(scene.repository().read(view.resultBranch().orElseThrow(), "test.ts"))
                        .isEqualTo("test\n");
                assertThat(coppice.verify(job)).isInstanceOf(Audit.Verdict.Sound.class);
            }
        }
    }

    @Test
    void stopEndsWhatHangsAndStartGoesOn() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        try (Orchestrator orchestrator = scene.begun()) {
            Path go = scratch.resolve("go");
            orchestrator.addTask(
                    script(
                            "Wait",
                            "run touch '%s.begun'; [ -e '%s' ] || sleep 600\nwrite x\n| x\n"
                                    .formatted(go, go)));
            orchestrator.start();
            awaitFile(scratch.resolve("go.begun"));

            orchestrator.stop();
            orchestrator.stop();

            assertNoAgentLives(scene, orchestrator);
            assertThat(orchestrator.health().isRunning()).isFalse();
            Files.createFile(go);
            assertThat(orchestrator.runWithPredefinedTasks().tasksCompleted()).isEqualTo(1);
        }
    }

    @Test
    void aShutdownLetsAgentsEndThemselves() throws Exception {
        Scene scene = new Scene(scratch, "workers: { max_retries: 0, stop_grace: 3600 }\n");
        try (Orchestrator orchestrator = scene.begun()) {
            startWhatWaits(orchestrator, "");

            orchestrator.gracefulShutdown(Duration.ofHours(1));

            assertNoAgentLives(scene, orchestrator);
            assertThat(orchestrator.health().isRunning()).isFalse();
        }
    }

    @Test
    void aShutdownEndsWhatIsThereAfterItsLimit() throws Exception {
        Scene scene = new Scene(scratch, "workers: { max_retries: 0, stop_grace: 3600 }\n");
        try (Orchestrator orchestrator = scene.begun()) {
            startWhatDoesNotEnd(orchestrator);

            orchestrator.gracefulShutdown(Duration.ofMillis(100));

            assertNoAgentLives(scene, orchestrator);
        }
    }

    @Test
    void aShutdownThatIsInterruptedStillEndsTheAgents() throws Exception {
        Scene scene = new Scene(scratch, "workers: { max_retries: 0, stop_grace: 3600 }\n");
        try (Orchestrator orchestrator = scene.begun()) {
            startWhatDoesNotEnd(orchestrator);
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> orchestrator.gracefulShutdown(Duration.ofHours(1)))
                    .isInstanceOf(InterruptedException.class);

            // waits for their end, which would take an hour if they had not been ended
            orchestrator.gracefulShutdown(Duration.ofHours(1));
            assertNoAgentLives(scene, orchestrator);
        }
    }

    @Test
    void whoStopsWhileAnotherWaitsForTheAgentsComesBackWhenNoneLives() throws Exception {
        Scene scene = new Scene(scratch, "workers: { max_retries: 0, stop_grace: 3600 }\n");
        try (Orchestrator orchestrator = scene.begun()) {
            startWhatDoesNotEnd(orchestrator);
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread patient =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    orchestrator.gracefulShutdown(Duration.ofHours(1));
                                } catch (InterruptedException e) {
                                    thrown.set(e);
                                }
                            });
            while (orchestrator.health().isRunning()) {
                LockSupport.parkNanos(10_000_000);
            }

            orchestrator.stop();

            assertNoAgentLives(scene, orchestrator);
            patient.join();
            assertThat(thrown.get()).isNull();
        }
    }

    @Test
    void whatIsStartedWhileAnotherStopsIsStoppedToo() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        CountDownLatch called = new CountDownLatch(1);
        CompletableFuture<Void> letGo = new CompletableFuture<>();
        try (Orchestrator orchestrator =
                scene.builder()
                        .onTaskComplete(_ -> {
                            called.countDown();
                            letGo.join();
                        })
                        .build()) {
            orchestrator.initialize("Build");
            Task outside = orchestrator.addTask("Outside");
            orchestrator.addTask(script("Wait", "hang\n"));
            orchestrator.claimTask("ann", outside.id());
            AtomicReference<Thread> thread = new AtomicReference<>();
            CompletableFuture<Void> completion =
                    inThread(
                            () -> orchestrator.completeTask(outside.id(), TaskResult.of("ok")),
                            thread);
            called.await();
            CompletableFuture<Void> start = inThread(orchestrator::start, thread);
            awaitThatItCatchesUp(thread.get());
            CompletableFuture<Void> stop = inThread(orchestrator::stop, thread);
            awaitThatItCatchesUp(thread.get());

            letGo.complete(null);

            CompletableFuture.allOf(completion, start, stop).join();
            assertNobodyDrives(scene, orchestrator);
            assertNoAgentLives(scene, orchestrator);
            assertThat(orchestrator.health().isRunning()).isFalse();
        }
    }

    /// It then waits for the callback; that it waits would not tell for what.
    private static void awaitThatItCatchesUp(Thread thread) {
        await(() ->
                !thread.isAlive()
                        || Arrays.stream(thread.getStackTrace())
                                .anyMatch(frame ->
                                        frame.getClassName().equals(JobEvents.class.getName())
                                                && frame.getMethodName().equals("catchUp")));
    }

    @Test
    void stopEndsTheLeaderThatSumsUp() throws Exception {
        Scene scene = new Scene(scratch, "workers: { max_retries: 0, stop_grace: 3600 }\n");
        try (Orchestrator orchestrator = scene.builder().build()) {
            orchestrator.initialize(
                    script("Build", "deaf\nrun touch '%s/begun'\nhang\n".formatted(scratch))
                            .replace("```script", "```script for summary"));
            orchestrator.addTask(script("Write", "write x\n| x\n"));
            CompletableFuture<OrchestrationResult> result = new CompletableFuture<>();
            CompletableFuture<Void> run =
                    inThread(
                            () -> result.complete(orchestrator.runWithPredefinedTasks()),
                            new AtomicReference<>());
            awaitFile(scratch.resolve("begun"));

            orchestrator.stop();

            assertNoAgentLives(scene, orchestrator);
            run.join();
            assertThat(result.join().summary()).startsWith("1 of 1 tasks are done.");
            try (Coppice coppice = scene.coppice()) {
                assertThat(coppice.log().jobs())
                        .hasSize(2)
                        .allSatisfy(job ->
                                assertThat(coppice.engine().state(job).orElseThrow().isOver())
                                        .isTrue());
            }
        }
    }

    @Test
    void afterARunNothingIsTakenUntilItIsStarted() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        Path file = scratch.resolve("state.json");
        try (Orchestrator orchestrator = scene.begun()) {
            orchestrator.addTask(script("Write", "write x\n| x\n"));
            orchestrator.runWithPredefinedTasks();

            assertThat(orchestrator.health().isRunning()).isFalse();
            Task more = orchestrator.addTask(script("Wait", "hang\n"));
            assertNobodyDrives(scene, orchestrator);
            orchestrator.saveState(file.toString());
            orchestrator.loadState(file.toString());
            assertNobodyDrives(scene, orchestrator);
            assertThat(orchestrator.claimTask("ann")).map(Task::id).contains(more.id());
        }
    }

    @Test
    void whoStartedKeepsTheWorkersAfterARun() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        try (Orchestrator orchestrator = scene.begun()) {
            orchestrator.start();
            orchestrator.addTask(script("Write", "write x\n| x\n"));
            orchestrator.runWithPredefinedTasks();

            assertThat(orchestrator.health().isRunning()).isTrue();
            Path more = scratch.resolve("more");
            orchestrator.addTask(script("More", "run touch '%s'\nwrite y\n| y\n".formatted(more)));
            awaitFile(more);
        }
    }

    @Test
    void whoseJobAnotherTakesOverIsToldSo() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        try (Orchestrator one = scene.begun();
                Orchestrator other = scene.builder().build()) {
            one.addTask(script("Wait", "run touch '%s/begun'\nhang\n".formatted(scratch)));
            CompletableFuture<Void> run =
                    inThread(one::runWithPredefinedTasks, new AtomicReference<>());
            awaitFile(scratch.resolve("begun"));
            other.join(one.jobId());

            other.start();

            assertThatThrownBy(run::join)
                    .hasMessageContaining("Job " + one.jobId() + " is run by another.");
            other.stop();
        }
    }

    @Test
    void aNewGoalHoldsThoughTheEndOfTheOneBeforeIsNotWaitedFor() throws Exception {
        Scene scene = new Scene(scratch, "workers: { max_retries: 0, stop_grace: 3600 }\n");
        try (Orchestrator orchestrator = scene.begun();
                Coppice coppice = scene.coppice()) {
            JobId before = JobId.parse(orchestrator.jobId()).orElseThrow();
            startWhatDoesNotEnd(orchestrator);
            AtomicReference<Thread> thread = new AtomicReference<>();
            CompletableFuture<Void> begin =
                    inThread(() -> orchestrator.initialize("The next goal"), thread);
            await(() -> coppice.view(before).orElseThrow().canceling().isPresent());

            thread.get().interrupt();

            assertThatThrownBy(begin::join).hasCauseInstanceOf(InterruptedException.class);
            assertThat(orchestrator.state().goal()).isEqualTo("The next goal");
            Task task = orchestrator.addTask(script("Go on", "write x\n| x\n"));
            await(() -> orchestrator.taskOrThrow(task.id()).status() == TaskStatus.DONE);
            await(() -> marksOfAgents(coppice).isEmpty());
        }
    }

    @Test
    void aRunThatANewGoalEndsSaysSo() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        try (Orchestrator orchestrator = scene.begun()) {
            orchestrator.addTask(script("Wait", "run touch '%s/begun'\nhang\n".formatted(scratch)));
            CompletableFuture<Void> run =
                    inThread(orchestrator::runWithPredefinedTasks, new AtomicReference<>());
            awaitFile(scratch.resolve("begun"));

            orchestrator.initialize("The next goal");

            assertThatThrownBy(run::join)
                    .hasCauseInstanceOf(OrchestrationException.class)
                    .hasMessageContaining("was ended by a new goal");
        }
    }

    @Test
    void aRunTellsOfItsOwnGoalThoughTheNextHasBegun() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        CountDownLatch completed = new CountDownLatch(1);
        CompletableFuture<Void> letGo = new CompletableFuture<>();
        try (Orchestrator orchestrator =
                scene.builder()
                        .onTaskComplete(_ -> {
                            completed.countDown();
                            letGo.join();
                        })
                        .build()) {
            orchestrator.initialize("The first goal");
            orchestrator.addTask(script("Write", "write x\n| x\n"));
            CompletableFuture<OrchestrationResult> result = new CompletableFuture<>();
            CompletableFuture<Void> run =
                    inThread(
                            () -> result.complete(orchestrator.runWithPredefinedTasks()),
                            new AtomicReference<>());
            completed.await();
            JobId first = JobId.parse(orchestrator.jobId()).orElseThrow();
            try (Coppice coppice = scene.coppice()) {
                await(() -> coppice.view(first).orElseThrow().status().isOver());
            }
            CompletableFuture<Void> next =
                    inThread(
                            () -> orchestrator.initialize("The next goal"),
                            new AtomicReference<>());
            await(() -> !orchestrator.jobId().equals(first.value()));

            letGo.complete(null);

            next.join();
            run.join();
            assertThat(result.join().goal()).isEqualTo("The first goal");
            assertThat(result.join().tasksCompleted()).isEqualTo(1);
        }
    }

    @Test
    void aRunThatIsInterruptedAtItsBeginningIsClosed() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        try (Orchestrator orchestrator = scene.begun()) {
            orchestrator.addTask(script("Write", "write x\n| x\n"));
            Thread.currentThread().interrupt();

            assertThatThrownBy(orchestrator::runWithPredefinedTasks)
                    .isInstanceOf(InterruptedException.class);

            assertThat(Thread.interrupted()).isFalse();
            assertThat(orchestrator.health().isRunning()).isFalse();
            Task more = orchestrator.addTask("More");
            assertThat(orchestrator.claimTask("ann", more.id())).isPresent();
        }
    }

    @Test
    void aStartThatIsInterruptedStartsNothing() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        try (Orchestrator orchestrator = scene.begun()) {
            orchestrator.addTask(script("Write", "write x\n| x\n"));
            Thread.currentThread().interrupt();

            assertThatThrownBy(orchestrator::start).isInstanceOf(OrchestrationException.class);

            assertThat(Thread.interrupted()).isTrue();
            assertThat(orchestrator.health().isRunning()).isFalse();
        }
    }

    @Test
    void whereGitRefusesTheRepositoryNobodyWorksInIt() throws Exception {
        Scene scene = new Scene(scratch);
        scene.repository().write("a.txt", "a\n");
        scene.repository().commit("Begin");
        Map<String, String> withoutGit = new HashMap<>(scene.repository().environment());
        withoutGit.put("PATH", Files.createDirectory(scratch.resolve("empty")).toString());
        Surroundings there = scene.surroundings();
        Orchestrator.Builder builder =
                scene.builder()
                        .surroundings(
                                new Surroundings(
                                        there.folder(),
                                        there.home(),
                                        withoutGit,
                                        there.launcher(),
                                        there.clock()));

        assertThatThrownBy(builder::build)
                .isInstanceOf(OrchestrationException.class)
                .hasMessageContaining("Install git");

        Path bare = scratch.resolve("bare.git");
        scene.repository()
                .gitIn(
                        scratch,
                        "clone",
                        "-q",
                        "--bare",
                        scene.repository().path().toString(),
                        bare.toString());
        assertThatThrownBy(scene.builder().workingDirectory(bare.toString())::build)
                .isInstanceOf(OrchestrationException.class)
                .hasMessageContaining("bare repository");
        assertThat(scene.repository().path().resolve(".coppice")).doesNotExist();
        assertThat(bare.resolve(".coppice")).doesNotExist();
    }

    @Test
    void aRepositoryOfAnotherUserIsRefusedWithGitsAdvice() throws Exception {
        Scene scene = new Scene(scratch);
        Path theirs = scene.repository().path();
        assumeTrue(
                Files.getAttribute(theirs, "unix:uid").equals(0),
                "only root can give a folder away");
        Files.setAttribute(theirs, "unix:uid", 12_345);

        assertThatThrownBy(scene.builder()::build)
                .isInstanceOf(OrchestrationException.class)
                .hasMessageContaining("safe.directory");
        assertThat(theirs.resolve(".coppice")).doesNotExist();
    }

    private void startWhatDoesNotEnd(Orchestrator orchestrator) {
        startWhatWaits(orchestrator, "deaf\n");
    }

    private void startWhatWaits(Orchestrator orchestrator, String before) {
        orchestrator.addTask(
                script("Wait", before + "run touch '%s/begun'\nhang\n".formatted(scratch)));
        orchestrator.start();
        awaitFile(scratch.resolve("begun"));
    }

    @Test
    void anInterruptStopsARun() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        try (Orchestrator orchestrator = scene.begun()) {
            orchestrator.addTask(
                    script("Wait", "run touch '%s/begun'; sleep 600\n".formatted(scratch)));
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            CountDownLatch ended = new CountDownLatch(1);
            Thread run =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    orchestrator.runWithPredefinedTasks();
                                } catch (InterruptedException e) {
                                    thrown.set(e);
                                } finally {
                                    ended.countDown();
                                }
                            });
            awaitFile(scratch.resolve("begun"));

            run.interrupt();
            ended.await();

            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            assertNoAgentLives(scene, orchestrator);
        }
    }

    @Test
    void whereThereIsNoRepositoryWorkersShareTheFolder() throws Exception {
        Scene scene = new Scene(scratch);
        Path folder = Files.createDirectories(scratch.resolve("plain"));
        Files.writeString(
                folder.resolve("coppice.yaml"),
                "agents: { default: lines, lead: lines, lines: { command: [bash], stdin: description } }\n");
        try (Orchestrator orchestrator =
                scene.builder().workingDirectory(folder.toString()).build()) {
            orchestrator.initialize("Build");
            orchestrator.addTask("echo one > one.txt");

            assertThat(orchestrator.runWithPredefinedTasks().tasksCompleted()).isEqualTo(1);
        }
        assertThat(folder.resolve("one.txt")).hasContent("one");
    }

    @Test
    void othersWorkBesideOurWorkers() throws Exception {
        Scene scene = new Scene(scratch, NO_RETRIES);
        try (Orchestrator orchestrator = scene.begun()) {
            Task outside = orchestrator.addTask(script("Outside", "fail not by ours\n"));
            orchestrator.claimTask("ann", outside.id());
            orchestrator.addTask(
                    NewTask.of(script("Ours", "expect by hand\nwrite x\n| x\n"))
                            .withDependencies(outside.id()));
            orchestrator.start();
            orchestrator.completeTask(
                    outside.id(), TaskResult.of("ok").withDiscoveries(List.of("by hand")));

            assertThat(orchestrator.runWithPredefinedTasks().tasksCompleted()).isEqualTo(2);
        }
    }

    /// Of no job that is there.
    private static void assertNoAgentLives(Scene scene, Orchestrator orchestrator) {
        try (Coppice coppice = scene.coppice()) {
            assertThat(coppice.log().jobs())
                    .extracting(JobId::value)
                    .contains(orchestrator.jobId());
            assertThat(marksOfAgents(coppice)).isEmpty();
        }
    }

    private static List<String> marksOfAgents(Coppice coppice) {
        List<JobId> jobs = coppice.log().jobs();
        return coppice.processes().marked("COPPICE_ATTEMPT_MARK").values().stream()
                .filter(mark -> jobs.stream().anyMatch(job -> mark.contains(job.value())))
                .toList();
    }

    private static void assertNobodyDrives(Scene scene, Orchestrator orchestrator) {
        try (Coppice coppice = scene.coppice()) {
            assertThat(
                            coppice.engine()
                                    .state(JobId.parse(orchestrator.jobId()).orElseThrow())
                                    .orElseThrow()
                                    .driverProcess())
                    .isEmpty();
        }
    }

    /// Does it in a thread of its own.
    private static CompletableFuture<Void> inThread(Blocking work, AtomicReference<Thread> thread) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        thread.set(
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                work.run();
                                end.complete(null);
                            } catch (InterruptedException | RuntimeException e) {
                                end.completeExceptionally(e);
                            }
                        }));
        return end;
    }

    /// What may block.
    @FunctionalInterface
    private interface Blocking {
        void run() throws InterruptedException;
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(10_000_000);
        }
    }

    private static void awaitFile(Path file) {
        await(() -> Files.exists(file));
    }
}
