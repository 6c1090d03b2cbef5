package dev.coppice.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.coppice.engine.WorkQueue;
import dev.coppice.model.AgentName;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.Event.JobSubmitted;
import dev.coppice.model.Expectation;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Limits;
import dev.coppice.model.Plan;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Many who claim the tasks of one job in one file: each task is claimed once.
@Timeout(300)
final class ClaimRaceTest {
    private static final JobId JOB = JobId.of(Instant.EPOCH, 0);
    private static final AgentName AGENT = new AgentName("agent");

    @TempDir private Path folder;

    @Test
    void ofManyThreadsOneClaimsEachTask() throws InterruptedException {
        try (Store store = Stores.open(file())) {
            submit(store, 10_000);
            assertThat(claimAll(store, 32, "here")).hasSize(10_000).doesNotHaveDuplicates();
        }
    }

    @Test
    void ofThreadsInTwoProcessesOneClaimsEachTask() throws Exception {
        try (Store store = Stores.open(file())) {
            submit(store, 10_000);
            Process other = startOther();
            awaitFile(ready(), other.toHandle());
            List<TaskId> claimed = new ArrayList<>(List.of(claimOne(store, "here")));
            Files.createFile(start());
            claimed.addAll(claimAll(store, 16, "here"));
            try (BufferedReader output = other.inputReader(StandardCharsets.UTF_8)) {
                output.lines()
                        .filter(line -> line.startsWith("claimed "))
                        .map(line -> new TaskId(line.substring("claimed ".length())))
                        .forEach(claimed::add);
            }
            assertThat(other.waitFor()).isZero();
            assertThat(claimed).hasSize(10_000);
            assertThat(new HashSet<>(claimed)).hasSize(10_000);
            assertThat(store.verify(JOB)).isInstanceOf(Chain.Verified.class);
        }
    }

    /// The other process: claims one task, says that it is ready, and claims on from when it is told to start.
    public static void main(String[] arguments) throws Exception {
        try (Store store = Stores.open("jdbc:sqlite:" + arguments[0], Path.of(arguments[1]))) {
            System.out.println("claimed " + claimOne(store, "there"));
            Files.createFile(Path.of(arguments[2]));
            awaitFile(Path.of(arguments[3]), ProcessHandle.current().parent().orElseThrow());
            claimAll(store, 16, "there").forEach(task -> System.out.println("claimed " + task));
        }
    }

    private static void awaitFile(Path file, ProcessHandle maker) {
        while (!Files.exists(file)) {
            assertThat(maker.isAlive()).as("whoever makes %s lives", file).isTrue();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private Process startOther() throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty(
                                "surefire.test.class.path", System.getProperty("java.class.path")),
                        ClaimRaceTest.class.getName(),
                        file().toString(),
                        folder.resolve("cache").toString(),
                        ready().toString(),
                        start().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private Path file() {
        return folder.resolve("coppice.db");
    }

    private Path ready() {
        return folder.resolve("ready");
    }

    private Path start() {
        return folder.resolve("start");
    }

    private static WorkQueue queue(Store store) {
        return new WorkQueue(
                JOB, store, InstantSource.system(), RandomGenerator.getDefault(), event -> event);
    }

    /// Before the race, so that both have a share in it however late one of them comes to it.
    private static TaskId claimOne(Store store, String where) {
        return queue(store).claim(new AgentName(where)) instanceof WorkQueue.Claim.Granted granted
                ? granted.order().task().id()
                : fail("nothing could be claimed");
    }

    private static List<TaskId> claimAll(Store store, int count, String where)
            throws InterruptedException {
        WorkQueue queue = queue(store);
        List<TaskId> claimed = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            AgentName agent = new AgentName(where + "-" + i);
            threads.add(Thread.ofVirtual().start(() -> claimAll(queue, agent, claimed)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return claimed;
    }

    private static void claimAll(WorkQueue queue, AgentName agent, List<TaskId> claimed) {
        while (queue.claim(agent) instanceof WorkQueue.Claim.Granted granted) {
            claimed.add(granted.order().task().id());
        }
    }

    private static void submit(Store store, int tasks) {
        List<Task> plan = IntStream.range(0, tasks).mapToObj(ClaimRaceTest::task).toList();
        List<Event> events =
                List.of(
                        new JobSubmitted(request()),
                        new Event.TasksAdded(Optional.empty(), "Race", plan));
        assertThat(store.append(JOB, 1, Instant.now(), events)).isTrue();
    }

    private static JobRequest request() {
        JobRequest like =
                ((JobSubmitted) Objects.requireNonNull(MuseumPieces.all().get("job_submitted")))
                        .request();
        return new JobRequest(
                "Race",
                like.repository(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Plan("Race", List.of())),
                like.settings(),
                0,
                Optional.empty());
    }

    private static Task task(int number) {
        return new Task(
                new TaskId("t" + number),
                new Duty.Work(),
                "Run",
                Task.DEFAULT_PRIORITY,
                List.of(),
                List.of(),
                "",
                AGENT,
                Optional.empty(),
                Expectation.ANY,
                List.of(),
                List.of(),
                true,
                Optional.empty(),
                new Limits(Duration.ofHours(1), 0, 0, Optional.empty()));
    }
}
