package dev.coppice.library.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.model.JobId;
import dev.coppice.model.JobStatus;
import dev.coppice.report.JobView;
import dev.coppice.runtime.Audit;
import dev.coppice.runtime.Coppice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Document 003's queue, without agents of ours.
@Timeout(300)
class OrchestratorTest {
    @TempDir Path scratch;

    @Test
    void c1_aTaskIsClaimedWhenThoseThatItDependsOnAreDone() throws Exception {
        try (Orchestrator orchestrator = new Scene(scratch).begun()) {
            Task first = orchestrator.addTask("Create User model");
            orchestrator.addTask(NewTask.of("Write tests").withDependencies(first.id()));

            Optional<Task> one = orchestrator.claimTask("ann");
            Optional<Task> two = orchestrator.claimTask("bob");

            assertThat(one).map(Task::id).contains(first.id());
            assertThat(one).map(Task::status).contains(TaskStatus.CLAIMED);
            assertThat(one).flatMap(Task::claimedBy).contains("ann");
            assertThat(two).isEmpty();
        }
    }

    @Test
    void c2_aCompletionWithADiscoveryCallsBothBackOnce() throws Exception {
        Scene scene = new Scene(scratch);
        try (Orchestrator orchestrator = scene.begun()) {
            Task task = orchestrator.addTask("Create User model");
            orchestrator.claimTask("ann");

            boolean isDone =
                    orchestrator.completeTask(
                            task.id(),
                            TaskResult.of("made it")
                                    .withFilesCreated(List.of("user.ts"))
                                    .withFilesDeleted(List.of("person.ts"))
                                    .withDiscoveries(List.of("bcrypt is there")));

            assertThat(isDone).isTrue();
            Task done = orchestrator.taskOrThrow(task.id());
            assertThat(done.status()).isEqualTo(TaskStatus.DONE);
            assertThat(done.result().orElseThrow().output()).isEqualTo("made it");
            assertThat(done.result().orElseThrow().filesCreated()).containsExactly("user.ts");
            assertThat(done.result().orElseThrow().filesDeleted()).containsExactly("person.ts");
            assertThat(scene.completed()).containsExactly(done);
            assertThat(scene.found()).hasSize(1);
            assertThat(scene.found().getFirst().agentId()).isEqualTo("ann");
            assertThat(scene.found().getFirst().content()).isEqualTo("bcrypt is there");
            assertThat(scene.found().getFirst().relatedTask()).contains(task.id());
        }
    }

    @Test
    void c3_aTaskThatFailsSaysWhy() throws Exception {
        Scene scene = new Scene(scratch);
        try (Orchestrator orchestrator = scene.begun()) {
            Task task = orchestrator.addTask("Create User model");
            orchestrator.claimTask("ann");

            assertThat(orchestrator.failTask(task.id(), "x")).isTrue();

            Task failed = orchestrator.taskOrThrow(task.id());
            assertThat(failed.status()).isEqualTo(TaskStatus.FAILED);
            assertThat(failed.result().flatMap(TaskResult::error)).contains("x");
            assertThat(scene.failed()).containsExactly(failed);
            assertThat(orchestrator.health().isHealthy()).isFalse();
        }
    }

    @Test
    void c4_whatIsNotThereIsRefused() throws Exception {
        try (Orchestrator orchestrator = new Scene(scratch).begun()) {
            assertThat(orchestrator.completeTask("task-none", TaskResult.of(""))).isFalse();
            assertThat(orchestrator.failTask("no id at all", "x")).isFalse();
            assertThat(orchestrator.claimTask("ann")).isEmpty();
            assertThatThrownBy(() -> orchestrator.taskOrThrow("task-none"))
                    .isInstanceOf(TaskNotFoundException.class)
                    .hasMessageContaining("task-none");
            assertThatThrownBy(
                            () -> orchestrator.completeTaskOrThrow("task-none", TaskResult.of("")))
                    .isInstanceOf(TaskNotFoundException.class);
            assertThatThrownBy(() -> orchestrator.failTaskOrThrow("task-none", "x"))
                    .isInstanceOf(TaskNotFoundException.class);
            Task task = orchestrator.addTask("Create User model");
            assertThatThrownBy(() -> orchestrator.completeTaskOrThrow(task.id(), TaskResult.of("")))
                    .isInstanceOf(TaskStateException.class);
        }
    }

    @Test
    void anAgentThatNobodyKnowsIsRefused() throws Exception {
        try (Orchestrator orchestrator = new Scene(scratch).begun()) {
            Task task = orchestrator.addTask("Create User model");
            orchestrator.claimTask("ann");

            assertThatThrownBy(() -> orchestrator.heartbeat(task.id(), "bob"))
                    .isInstanceOfSatisfying(
                            AgentNotFoundException.class,
                            e -> assertThat(e.agentId()).isEqualTo("bob"));
            orchestrator.registerAgent("bob");
            assertThat(orchestrator.heartbeat(task.id(), "bob")).isFalse();
            assertThat(orchestrator.heartbeat(task.id(), "ann")).isTrue();
        }
    }

    @Test
    void c5_aStateThatIsSavedAndLoadedElsewhereIsTheSame() throws Exception {
        Path file = scratch.resolve("state.json");
        CoordinationState saved;
        try (Orchestrator orchestrator = new Scene(scratch.resolve("one")).builder().build()) {
            orchestrator.initialize("Unicode goal ✅", "1. 发现\n2. test");
            Task first = orchestrator.addTask("Create User model", 1);
            Task second =
                    orchestrator.addTask(
                            NewTask.of("Give up").withPriority(2).withHints("Use \"JWT\""));
            orchestrator.addTask(
                    NewTask.of("Write tests").withDependencies(first.id()).withPriority(3));
            orchestrator.claimTask("ann");
            orchestrator.addTask(
                    NewTask.of("Write a page").withParentTask(first.id()).withPriority(4));
            orchestrator.completeTask(
                    first.id(),
                    TaskResult.of("ok")
                            .withFilesDeleted(List.of("person.ts"))
                            .withDiscoveries(List.of("发现: 关键细节")));
            orchestrator.claimTask("bob");
            orchestrator.failTask(second.id(), "no");
            orchestrator.addTask(
                    NewTask.of("Build on it").withDependencies(second.id()).withPriority(5));
            saved = orchestrator.state();
            assertThat(saved.tasks().getLast().status()).isEqualTo(TaskStatus.BLOCKED);

            orchestrator.saveState(file.toString());
        }
        assertThat(file).content().contains("Unicode goal ✅", "发现: 关键细节");

        Scene elsewhere = new Scene(scratch.resolve("two"), "workers: { max_retries: 7 }\n");
        try (Orchestrator orchestrator = elsewhere.builder().build()) {
            orchestrator.loadState(file.toString());

            assertThat(orchestrator.state()).isEqualTo(saved);
            assertThat(orchestrator.state().tasks())
                    .filteredOn(task -> task.description().equals("Write a page"))
                    .singleElement()
                    .satisfies(page -> {
                        assertThat(page.context().parentTask())
                                .contains(saved.tasks().getFirst().id());
                        assertThat(page.maxAttempts()).isEqualTo(Task.DEFAULT_MAX_ATTEMPTS);
                    });
            assertThat(elsewhere.completed()).isEmpty();
            assertThat(orchestrator.claimTask("ann"))
                    .map(Task::description)
                    .contains("Write tests");
        }
    }

    @Test
    void loadingMakesWhatWasInFlightAvailableAgain() throws Exception {
        Path file = scratch.resolve("state.json");
        Scene scene = new Scene(scratch);
        try (Orchestrator orchestrator = scene.begun()) {
            Task task = orchestrator.addTask("Create User model");
            orchestrator.claimTask("ann");
            orchestrator.postDiscovery(task.id(), "it is round", List.of("shape"));
            orchestrator.saveState(file.toString());

            orchestrator.loadState(file.toString());

            Task again = orchestrator.taskOrThrow(task.id());
            assertThat(again.status()).isEqualTo(TaskStatus.AVAILABLE);
            assertThat(again.claimedBy()).isEmpty();
            assertThat(orchestrator.state().discoveries())
                    .singleElement()
                    .satisfies(found -> assertThat(found.tags()).containsExactly("shape"));
            assertThat(orchestrator.claimTask("bob")).map(Task::id).contains(task.id());
        }
    }

    @Test
    void loadingMakesWhatWasCanceledAvailableAgain() throws Exception {
        Path file = scratch.resolve("state.json");
        Scene scene = new Scene(scratch);
        try (Orchestrator orchestrator = scene.begun()) {
            Task task = orchestrator.addTask("Create User model");
            Task next = orchestrator.addTask(NewTask.of("Write tests").withDependencies(task.id()));
            try (Coppice coppice = scene.coppice()) {
                JobId job = JobId.parse(orchestrator.jobId()).orElseThrow();
                coppice.engine().cancel(job, Optional.empty());
                coppice.await(job);
            }
            assertThat(orchestrator.taskOrThrow(task.id()).status()).isEqualTo(TaskStatus.CANCELED);
            orchestrator.saveState(file.toString());

            orchestrator.loadState(file.toString());

            assertThat(orchestrator.claimTask("bob")).map(Task::id).contains(task.id());
            assertThat(orchestrator.taskOrThrow(next.id()).status()).isEqualTo(TaskStatus.PENDING);
        }
    }

    @Test
    void whatNobodySaysIsAsDocument003SaysIt() throws Exception {
        try (Orchestrator orchestrator = new Scene(scratch).begun()) {
            CoordinationState state = orchestrator.state();

            assertThat(state.maxParallelWorkers()).isEqualTo(3);
            assertThat(state.taskTimeout()).isEqualTo(Duration.ofMinutes(10));
        }
    }

    @Test
    void aStateFileOfThePythonProgramIsRead() throws Exception {
        Path file = scratch.resolve("python.json");
        Files.writeString(
                file,
                """
                {"goal": "Build", "master_plan": "", "working_directory": "./my-project",
                 "tasks": [
                  {"id": "task-1a2b3c4d", "description": "Model \\ud83d\\ude00", "status": "done", "priority": 1,
                   "claimed_by": "worker-1", "dependencies": [], "context": {"files": ["a.ts"], "hints": "", "parent_task": null},
                   "result": {"output": "ok", "files_modified": ["a.ts"], "files_created": [], "error": null,
                              "discoveries": [], "subtasks_created": []},
                   "created_at": "2026-01-02T03:04:05.678901", "claimed_at": "2026-01-02T03:04:06",
                   "completed_at": "2026-01-02T03:04:07.5"},
                  {"id": "task-5e6f7a8b", "description": "Tests", "status": "in_progress", "priority": 2,
                   "claimed_by": "worker-2", "dependencies": ["task-1a2b3c4d"]}],
                 "agents": {"worker-1": {"id": "worker-1", "role": "worker", "is_active": true}},
                 "discoveries": [{"agent_id": "worker-1", "content": "x", "related_task": null, "tags": [],
                                  "created_at": "2026-01-02T03:04:05.678901"}],
                 "created_at": "2026-01-02T03:04:05.678901", "last_activity": null,
                 "max_parallel_workers": 4, "task_timeout_seconds": 90}
                """);
        try (Orchestrator orchestrator = new Scene(scratch).builder().build()) {
            orchestrator.loadState(file.toString());

            CoordinationState state = orchestrator.state();
            assertThat(state.tasks().getFirst().description()).isEqualTo("Model 😀");
            assertThat(state.tasks())
                    .extracting(Task::status)
                    .containsExactly(TaskStatus.DONE, TaskStatus.AVAILABLE);
            assertThat(state.maxParallelWorkers()).isEqualTo(4);
            assertThat(state.taskTimeout()).isEqualTo(Duration.ofSeconds(90));
            assertThat(state.discoveries()).hasSize(1);
        }
    }

    @Test
    void aStateFileThatIsALinkStaysOneAndHasNoSecrets() throws Exception {
        String secret = "sk-abcdefghijklmnopqrstuvwxyz";
        Path file = Files.createFile(scratch.resolve("kept elsewhere.json"));
        Path link = Files.createSymbolicLink(scratch.resolve("state.json"), file);
        try (Orchestrator orchestrator = new Scene(scratch).builder().build()) {
            orchestrator.initialize("Call with " + secret, "1. Use " + secret);
            orchestrator.addTask("Call with " + secret);

            orchestrator.saveState(link.toString());
        }
        assertThat(link).isSymbolicLink();
        assertThat(file).content().contains("Call with ***").doesNotContain(secret);
    }

    @Test
    void oneLineTellsOfEachStartEachDiscoveryAndEachEnd() throws Exception {
        Scene scene = new Scene(scratch);
        try (Orchestrator orchestrator = scene.begun()) {
            Task task = orchestrator.addTask("Look around");
            orchestrator.claimTask("ann");
            orchestrator.heartbeat(task.id(), "ann");
            orchestrator.heartbeat(task.id(), "ann");
            orchestrator.postDiscovery(task.id(), "two doors", List.of());
            orchestrator.completeTask(task.id(), TaskResult.of("ok"));

            List<String> lines = scene.printed().lines().toList();
            assertThat(lines)
                    .hasSize(3)
                    .allSatisfy(line -> assertThat(line).startsWith(task.id() + ": "));
            assertThat(lines.get(0)).contains("claimed by ann");
            assertThat(lines.get(1)).contains("two doors");
        }
    }

    @Test
    void nothingIsPrintedWhereNobodyWantsToRead() throws Exception {
        Scene scene = new Scene(scratch);
        try (Orchestrator orchestrator = scene.builder().verbose(false).build()) {
            orchestrator.initialize("Build");
            Task task = orchestrator.addTask("Look around");
            orchestrator.claimTask("ann");
            orchestrator.postDiscovery(task.id(), "two doors", List.of());
            orchestrator.completeTask(task.id(), TaskResult.of("ok"));
        }
        assertThat(scene.printed()).isEmpty();
    }

    @Test
    void c6_aFileThatIsNoStateChangesNothing() throws Exception {
        Path file = scratch.resolve("broken.json");
        Files.writeString(file, "not valid json {{{");
        Path wrong = scratch.resolve("wrong.json");
        Files.writeString(wrong, "{\"goal\": 3, \"tasks\": [{\"id\": \"a\", \"priority\": 11}]}");
        try (Orchestrator orchestrator = new Scene(scratch).begun()) {
            orchestrator.addTask("Create User model");
            CoordinationState before = orchestrator.state();

            assertThatThrownBy(() -> orchestrator.loadState(file.toString()))
                    .isInstanceOf(StateFileException.class)
                    .hasMessageContaining("broken.json");
            assertThatThrownBy(() -> orchestrator.loadState(wrong.toString()))
                    .isInstanceOf(StateFileException.class)
                    .hasMessageContaining("description is missing")
                    .hasMessageContaining("priority must be a whole number from 1 to 10, not 11");
            assertThatThrownBy(() -> orchestrator.loadState("not there.json"))
                    .isInstanceOf(StateFileException.class);

            assertThat(orchestrator.state()).isEqualTo(before);
            assertThat(file).hasContent("not valid json {{{");
        }
    }

    @Test
    void c7_aBatchHasTheFieldsItWasGiven() throws Exception {
        try (Orchestrator orchestrator = new Scene(scratch).begun()) {
            List<Task> tasks =
                    orchestrator.addTasksBatch(
                            List.of(
                                    NewTask.of("Create User model").withPriority(1),
                                    NewTask.of("Create login endpoint")
                                            .withPriority(2)
                                            .withDependencies("task-1")
                                            .withContextFiles("src/auth/login.ts")
                                            .withHints("Use JWT for tokens"),
                                    NewTask.of("Write tests")));

            assertThat(tasks).extracting(Task::priority).containsExactly(1, 2, 5);
            assertThat(tasks.get(1).dependencies()).containsExactly(tasks.getFirst().id());
            assertThat(tasks.get(1).context())
                    .isEqualTo(
                            new TaskContext(
                                    List.of("src/auth/login.ts"),
                                    "Use JWT for tokens",
                                    Optional.empty()));
            assertThat(tasks).allSatisfy(task -> assertThat(task.id()).matches("task-[0-9a-f]{8}"));
            assertThat(tasks).extracting(Task::maxAttempts).containsOnly(3);
        }
    }

    @Test
    void c8_theStatusCounts() throws Exception {
        try (Orchestrator orchestrator = new Scene(scratch).begun()) {
            assertThat(orchestrator.getStatus().progress().percentComplete()).isZero();
            Task first = orchestrator.addTask("one", 1);
            orchestrator.addTask("two", 2);
            orchestrator.addTask("three", 3);
            orchestrator.claimTask("ann");
            orchestrator.completeTask(first.id(), TaskResult.of(""));
            orchestrator.claimTask("ann");

            OrchestrationStatus status = orchestrator.getStatus();

            assertThat(status.goal()).isEqualTo("Build user authentication system");
            assertThat(status.progress().totalTasks()).isEqualTo(3);
            assertThat(status.progress().percentComplete()).isEqualTo(33.3);
            assertThat(status.progress().byStatus())
                    .containsOnly(
                            java.util.Map.entry(TaskStatus.DONE, 1),
                            java.util.Map.entry(TaskStatus.CLAIMED, 1),
                            java.util.Map.entry(TaskStatus.AVAILABLE, 1));
            assertThat(status.agents())
                    .singleElement()
                    .satisfies(ann -> {
                        assertThat(ann.id()).isEqualTo("ann");
                        assertThat(ann.isActive()).isTrue();
                        assertThat(ann.role()).isEqualTo("worker");
                    });
        }
    }

    @Test
    void c8_thePercentIsRoundedAsPythonRounds() {
        assertThat(percent(1, 16)).isEqualTo(6.2);
        assertThat(percent(3, 16)).isEqualTo(18.8);
        assertThat(percent(5, 16)).isEqualTo(31.2);
        assertThat(percent(1, 80)).isEqualTo(1.2);
        assertThat(percent(2, 3)).isEqualTo(66.7);
        assertThat(percent(7, 7)).isEqualTo(100);
    }

    private static double percent(int done, int total) {
        CoordinationState state = CoordinationState.of();
        for (int i = 0; i < total; i++) {
            Task task = Task.of("task-" + i, "x");
            state =
                    state.addTask(
                            i < done ? task.claim("ann").complete(TaskResult.of("ok")) : task);
        }
        return state.progress().percentComplete();
    }

    @Test
    void theCountsStandInTheOrderOfTheStatuses() {
        Task task = Task.of("task-a", "x");
        Progress progress =
                CoordinationState.of("Build")
                        .addTask(task.claim("ann").fail("no"))
                        .addTask(Task.of("task-b", "x"))
                        .addTask(Task.of("task-c", "x").claim("ann"))
                        .progress();

        assertThat(progress.byStatus().keySet())
                .containsExactly(TaskStatus.AVAILABLE, TaskStatus.CLAIMED, TaskStatus.FAILED);
    }

    @Test
    void aDiscoveryIsMadeOfItsFinderAndItsContent() {
        Discovery found = Discovery.of("ann", "two doors");

        assertThat(found.relatedTask()).isEmpty();
        assertThat(found.tags()).isEmpty();
        assertThat(found.createdAt()).isBeforeOrEqualTo(Instant.now());
        assertThat(found.withRelatedTask("task-a").withTags(List.of("house")))
                .isEqualTo(
                        new Discovery(
                                "",
                                "ann",
                                "two doors",
                                Optional.of("task-a"),
                                List.of("house"),
                                found.createdAt()));
    }

    @Test
    void c9_aChainIsAvailableOneAfterAnother() throws Exception {
        try (Orchestrator orchestrator = new Scene(scratch).begun()) {
            orchestrator.addTasksBatch(
                    List.of(
                            NewTask.of("A").withId("A"),
                            NewTask.of("B").withId("B").withDependencies("A"),
                            NewTask.of("C").withId("C").withDependencies("B")));
            for (String id : List.of("A", "B", "C")) {
                assertThat(orchestrator.state().availableTasks())
                        .extracting(Task::id)
                        .containsExactly(id);
                assertThat(orchestrator.claimTask("ann")).map(Task::id).contains(id);
                assertThat(orchestrator.completeTask(id, TaskResult.of(""))).isTrue();
            }
            assertThat(orchestrator.claimTask("ann")).isEmpty();
        }
    }

    @Test
    void c10_ofManyWhoClaimAtOnceEachGetsAnotherTask() throws Exception {
        try (Orchestrator orchestrator = new Scene(scratch).begun()) {
            for (int i = 0; i < 5; i++) {
                orchestrator.addTask("Task " + i);
            }
            assertThat(new HashSet<>(claimed(orchestrator, 5))).hasSize(5);
            orchestrator.addTask("One more");
            assertThat(claimed(orchestrator, 16)).hasSize(1);
        }
    }

    @Test
    void whoseWorkingDirectoryIsBelowTheTopIsToldWhereWorkersStand() throws Exception {
        Scene scene = new Scene(scratch);
        Path below = Files.createDirectories(scene.repository().path().resolve("services/api"));
        for (Path folder : List.of(below, scene.repository().path())) {
            try (Orchestrator orchestrator =
                            scene.builder().workingDirectory(folder.toString()).build();
                    Coppice coppice = scene.coppice()) {
                orchestrator.initialize("Build");

                JobId job = JobId.parse(orchestrator.jobId()).orElseThrow();
                assertThat(coppice.view(job).orElseThrow().notes())
                        .filteredOn(note -> note.text().contains("not the top of its repository"))
                        .hasSize(folder.equals(below) ? 1 : 0);
            }
        }
    }

    @Test
    void whoJoinsItsOwnJobGoesOnWithIt() throws Exception {
        try (Orchestrator orchestrator = new Scene(scratch).begun()) {
            Task task = orchestrator.addTask("Create User model");

            orchestrator.join(orchestrator.jobId());

            assertThat(orchestrator.claimTask("ann")).map(Task::id).contains(task.id());
        }
    }

    @Test
    void whoJoinsWorksOnTheSameQueueAndLeavesIt() throws Exception {
        Scene scene = new Scene(scratch);
        List<String> heard = new CopyOnWriteArrayList<>();
        try (Orchestrator one = scene.begun()) {
            for (int i = 0; i < 20; i++) {
                one.addTask("Task " + i);
            }
            try (Orchestrator other =
                    Orchestrator.builder()
                            .surroundings(scene.surroundings())
                            .verbose(false)
                            .onTaskComplete(task -> heard.add(task.id()))
                            .build()) {
                assertThatThrownBy(() -> other.join("no-such-job"))
                        .isInstanceOf(OrchestrationException.class)
                        .hasMessageContaining("no-such-job");
                other.join(one.jobId());

                assertThat(other.state().goal()).isEqualTo(one.state().goal());
                Set<String> claimed = ConcurrentHashMap.newKeySet();
                try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                    List<CompletableFuture<Void>> working = new ArrayList<>();
                    for (int i = 0; i < 5; i++) {
                        for (Orchestrator mine : List.of(one, other)) {
                            String agent = "agent-" + working.size();
                            working.add(
                                    CompletableFuture.runAsync(
                                            () -> workOff(mine, agent, claimed), threads));
                        }
                    }
                    working.forEach(CompletableFuture::join);
                }

                assertThat(claimed).hasSize(20);
                assertThat(other.getStatus().progress().percentComplete()).isEqualTo(100);
                Task more = other.addTask("One more");
                assertThat(one.task(more.id())).isPresent();
            }
            assertThat(scene.completed()).hasSize(20);
            assertThat(heard).hasSize(20).doesNotHaveDuplicates();
            assertThat(one.claimTask("ann")).map(Task::description).contains("One more");
        }
    }

    /// Claims and completes tasks until there are none.
    private static void workOff(Orchestrator orchestrator, String agent, Set<String> claimed) {
        Optional<Task> task = orchestrator.claimTask(agent);
        while (task.isPresent()) {
            String id = task.get().id();
            assertThat(claimed.add(id)).as("claimed once: %s", id).isTrue();
            assertThat(orchestrator.completeTask(id, agent, TaskResult.of("ok"))).isTrue();
            task = orchestrator.claimTask(agent);
        }
    }

    private static List<String> claimed(Orchestrator orchestrator, int claimants)
            throws InterruptedException {
        List<String> claimed = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < claimants; i++) {
            String agent = "agent-" + i;
            threads.add(
                    Thread.ofVirtual()
                            .start(() ->
                                    orchestrator
                                            .claimTask(agent)
                                            .map(Task::id)
                                            .ifPresent(claimed::add)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return claimed;
    }

    @Test
    void c11_aCircleIsRefusedByItsNames() throws Exception {
        try (Orchestrator orchestrator = new Scene(scratch).begun()) {
            assertThatThrownBy(() ->
                            orchestrator.addTasksBatch(
                                    List.of(
                                            NewTask.of("a").withId("A").withDependencies("B"),
                                            NewTask.of("b").withId("B").withDependencies("A"))))
                    .isInstanceOf(InvalidTaskException.class)
                    .hasMessageContaining("A → B → A");
            assertThat(orchestrator.state().tasks()).isEmpty();
        }
    }

    @Test
    void c12_whatIsWrongWithATaskIsTold() throws Exception {
        try (Orchestrator orchestrator = new Scene(scratch).begun()) {
            orchestrator.addTask(NewTask.of("there").withId("A"));
            assertRefused(orchestrator, NewTask.of("x").withPriority(0), "priority");
            assertRefused(orchestrator, NewTask.of("x").withPriority(11), "priority");
            assertRefused(orchestrator, NewTask.of("  "), "description");
            assertRefused(orchestrator, NewTask.of("x").withDependencies("task-9"), "task-9");
            assertThatThrownBy(() -> orchestrator.addTask(NewTask.of("x").withId("A")))
                    .isInstanceOf(InvalidTaskException.class)
                    .hasMessage(
                            "tasks[0].id: task \"A\": the job has a task of this id already; choose another");
            assertThat(orchestrator.state().tasks()).hasSize(1);
        }
        assertThatThrownBy(() -> Orchestrator.builder().maxWorkers(0).build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Orchestrator.builder().taskTimeout(Duration.ZERO).build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Orchestrator.builder().workingDirectory("not there").build())
                .isInstanceOf(OrchestrationException.class)
                .hasMessageContaining("not there");
    }

    private static void assertRefused(Orchestrator orchestrator, NewTask task, String why) {
        assertThatThrownBy(() -> orchestrator.addTask(task))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining(why);
    }

    @Test
    void c13_aLongDescriptionStaysWhole() throws Exception {
        String description = "x".repeat(9_999) + "y";
        try (Orchestrator orchestrator = new Scene(scratch).begun()) {
            Task task = orchestrator.addTask(description);

            assertThat(orchestrator.taskOrThrow(task.id()).description()).isEqualTo(description);
        }
    }

    @Test
    void c14_aTaskThatAnotherHasCantBeClaimed() throws Exception {
        try (Orchestrator orchestrator = new Scene(scratch).begun()) {
            Task task = orchestrator.addTask("Create User model");
            assertThat(orchestrator.claimTask("ann", task.id())).isPresent();
            assertThat(orchestrator.claimTask("bob", task.id())).isEmpty();
            assertThat(orchestrator.claimTask("ann", task.id())).map(Task::attempts).contains(1);
        }
        Task claimed = Task.of("task-a", "x").claim("ann");
        assertThat(claimed.claim("ann")).isEqualTo(claimed);
        assertThatThrownBy(() -> claimed.claim("bob"))
                .isInstanceOf(TaskStateException.class)
                .hasMessageContaining("ann");
    }

    @Test
    void c16_aTaskIsNotTriedMoreOftenThanItMay() {
        Task task = Task.of("task-a", "x");
        for (int i = 0; i < Task.DEFAULT_MAX_ATTEMPTS - 1; i++) {
            task = task.claim("ann").fail("no").retry();
        }
        Task last = task.claim("ann").fail("no");
        assertThat(last.attempts()).isEqualTo(3);
        assertThatThrownBy(last::retry)
                .isInstanceOf(TaskStateException.class)
                .hasMessageContaining("3 times");
    }

    @Test
    void c20_aTasksNumberNamesTheOneThatWasAddedAsSuch() throws Exception {
        try (Orchestrator orchestrator = new Scene(scratch).begun()) {
            NewTask login =
                    NewTask.of("Implement user login endpoint").withDependencies("task-001");
            assertRefused(orchestrator, login, "task-001");
            Task first = orchestrator.addTask("Create User model");

            assertThat(orchestrator.addTask(login).dependencies()).containsExactly(first.id());
        }
    }

    @Test
    void c22_aStateRefusesWhatTheQueueRefuses() {
        Task task = Task.of("task-a", "x");
        CoordinationState state =
                CoordinationState.of("Build")
                        .addTask(task)
                        .addTask(
                                Task.of(
                                        "task-b",
                                        NewTask.of("y").withDependencies("task-a"),
                                        task.createdAt()));
        assertThatThrownBy(task::start).isInstanceOf(TaskStateException.class);
        Task failed = task.claim("ann").start().fail("no");
        assertThatThrownBy(() -> failed.complete(TaskResult.of("")))
                .isInstanceOf(TaskStateException.class);
        assertThat(state.availableTasks()).containsExactly(task);
        CoordinationState later =
                state.withTask(task.claim("ann").start().complete(TaskResult.of("ok")));
        assertThat(later.availableTasks()).extracting(Task::id).containsExactly("task-b");
        assertThat(later.progress().percentComplete()).isEqualTo(50);
        assertThat(state.progress().percentComplete()).isZero();
        assertThatThrownBy(() -> state.addTask(task)).isInstanceOf(InvalidTaskException.class);
    }

    @Test
    void c22_theAvailableTasksOfAStateAreInTheOrderInWhichTheyAreClaimed() throws Exception {
        try (Orchestrator orchestrator = new Scene(scratch).begun()) {
            orchestrator.addTasksBatch(
                    List.of(
                            NewTask.of("alone").withId("alone"),
                            NewTask.of("waited for by one").withId("one"),
                            NewTask.of("waited for by two").withId("two"),
                            NewTask.of("urgent").withId("urgent").withPriority(1),
                            NewTask.of("a").withDependencies("one"),
                            NewTask.of("b").withId("b").withDependencies("two"),
                            NewTask.of("c").withDependencies("b"),
                            NewTask.of("later").withId("later")));

            List<String> available =
                    orchestrator.state().availableTasks().stream().map(Task::id).toList();
            List<String> claimed = new ArrayList<>();
            for (String _ : available) {
                claimed.add(orchestrator.claimTask("ann").orElseThrow().id());
            }

            assertThat(available).containsExactly("urgent", "two", "one", "alone", "later");
            assertThat(claimed).isEqualTo(available);
        }
    }

    @Test
    void c22_theOrderIsTheSameWhereTasksAreAddedOneByOne() throws Exception {
        try (Orchestrator orchestrator = new Scene(scratch).begun()) {
            orchestrator.addTask(NewTask.of("alone").withId("alone"));
            orchestrator.addTask(NewTask.of("waited for").withId("one"));
            orchestrator.addTask(NewTask.of("waited for by a chain").withId("two"));
            orchestrator.addTask(NewTask.of("a").withDependencies("one"));
            orchestrator.addTask(NewTask.of("b").withId("b").withDependencies("two"));
            orchestrator.addTask(NewTask.of("c").withDependencies("b"));

            List<String> available =
                    orchestrator.state().availableTasks().stream().map(Task::id).toList();

            assertThat(available).containsExactly("two", "one", "alone");
            for (String id : available) {
                assertThat(orchestrator.claimTask("ann").map(Task::id)).contains(id);
            }
        }
    }

    @Test
    void c23_whatAnAttemptAddsAndFindsKnowsWhereItIsFrom() throws Exception {
        Scene scene = new Scene(scratch);
        try (Orchestrator orchestrator = scene.begun()) {
            Task parent = orchestrator.addTask("Look around");
            orchestrator.claimTask("ann");

            List<Task> children =
                    orchestrator.addTasksBatch(
                            List.of(
                                    NewTask.of("one").withParentTask(parent.id()),
                                    NewTask.of("two").withParentTask(parent.id())));
            orchestrator.postDiscovery(parent.id(), "two doors", List.of("house", "door"));
            orchestrator.completeTask(parent.id(), TaskResult.of("looked"));

            assertThat(orchestrator.taskOrThrow(parent.id()).result().orElseThrow())
                    .satisfies(result -> {
                        assertThat(result.subtasksCreated())
                                .containsExactlyInAnyOrderElementsOf(
                                        children.stream().map(Task::id).toList());
                        assertThat(result.discoveries()).containsExactly("two doors");
                    });
            assertThat(children.getFirst().context().parentTask()).contains(parent.id());
            assertThat(scene.found().getFirst().tags()).containsExactly("house", "door");
            assertThat(scene.found().getFirst().relatedTask()).contains(parent.id());
        }
    }

    @Test
    void whatACallbackThrowsHarmsNothing() throws Exception {
        Scene scene = new Scene(scratch);
        List<String> seen = new ArrayList<>();
        try (Orchestrator orchestrator =
                scene.builder()
                        .onTaskComplete(task -> {
                            seen.add(task.id());
                            throw new IllegalStateException("from a callback");
                        })
                        .build()) {
            orchestrator.initialize("Build");
            Task task = orchestrator.addTask("x");
            orchestrator.claimTask("ann");

            assertThat(orchestrator.completeTask(task.id(), TaskResult.of(""))).isTrue();
            assertThat(seen).containsExactly(task.id());
            assertThat(orchestrator.taskOrThrow(task.id()).status()).isEqualTo(TaskStatus.DONE);
        }
    }

    @Test
    void anErrorOfACallbackHarmsNothingEither() throws Exception {
        Scene scene = new Scene(scratch);
        try (Orchestrator orchestrator =
                scene.builder()
                        .onDiscovery(_ -> {
                            throw new AssertionError("from a callback");
                        })
                        .build()) {
            orchestrator.initialize("Build");
            Task task = orchestrator.addTask("x");
            orchestrator.claimTask("ann");

            assertThat(orchestrator.postDiscovery(task.id(), "two doors", List.of())).isTrue();
            assertThat(orchestrator.completeTask(task.id(), TaskResult.of(""))).isTrue();
            assertThat(scene.completed()).extracting(Task::id).containsExactly(task.id());
        }
    }

    @Test
    void aCallbackMayAddTasks() throws Exception {
        Scene scene = new Scene(scratch);
        List<Orchestrator> self = new ArrayList<>();
        List<Task> added = new ArrayList<>();
        try (Orchestrator orchestrator =
                scene.builder()
                        .onTaskComplete(_ -> added.add(self.getFirst().addTask("another")))
                        .build()) {
            self.add(orchestrator);
            orchestrator.initialize("Build");
            Task task = orchestrator.addTask("x");
            orchestrator.claimTask("ann");
            orchestrator.completeTask(task.id(), TaskResult.of(""));

            assertThat(added).extracting(Task::description).containsExactly("another");
            assertThat(orchestrator.claimTask("ann")).map(Task::id).contains(added.getFirst().id());
        }
    }

    @Test
    void theCommandLineKnowsTheJob() throws Exception {
        Scene scene = new Scene(scratch);
        String id;
        try (Orchestrator orchestrator = scene.begun()) {
            Task task = orchestrator.addTask("x");
            orchestrator.claimTask("ann");
            id = orchestrator.jobId();
            try (Coppice coppice = scene.coppice()) {
                JobView open = coppice.view(JobId.parse(id).orElseThrow()).orElseThrow();
                assertThat(open.status()).isEqualTo(JobStatus.RUNNING);
                assertThat(open.isLeftToClaimants()).isTrue();
            }
            orchestrator.completeTask(task.id(), TaskResult.of("made it"));
        }
        try (Coppice coppice = scene.coppice()) {
            JobId job = JobId.parse(id).orElseThrow();
            JobView over = coppice.view(job).orElseThrow();
            assertThat(over.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(coppice.verify(job)).isInstanceOf(Audit.Verdict.Sound.class);
            assertThat(coppice.folder(over).finalResult()).content().contains("completed", "ann");
        }
        assertThat(scene.printed()).contains("ann");
    }
}
