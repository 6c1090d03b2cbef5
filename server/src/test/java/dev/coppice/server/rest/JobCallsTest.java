package dev.coppice.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.engine.EventLog;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.TaskStatus;
import dev.coppice.schedule.TaskState;
import dev.coppice.store.Chain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Jobs over REST, as document 004 and `P…` of its conformance table say.
class JobCallsTest {
    @TempDir Path folder;
    private Scene scene;

    @BeforeEach
    void serve() throws Exception {
        scene = new Scene(folder, "");
    }

    @AfterEach
    void end() {
        scene.close();
    }

    @Test
    void aFindingIsSharedWhileItsTaskRuns() throws Exception {
        Path gate = folder.resolve("gate");
        String wait = "until [ -e '" + gate + "' ]; do sleep 0.05; done; echo x > x.txt";
        String share =
                "curl -sS --fail-with-body -H \"X-API-Key: $COPPICE_API_KEY\" -H 'Content-Type: application/json'"
                        + " -d '{\"content\":\"Dates are UTC\"}' \"$COPPICE_API_URL/api/v1/jobs/$COPPICE_JOB/discoveries\""
                        + " > shared.json";
        String job = scene.submit(wait, share);
        String found = "/api/v1/jobs/" + job + "/discoveries";
        scene.awaiting(
                () -> // a worker needs no more than its token
                Optional.of(scene.get(found).json().path("discoveries"))
                                .filter(all -> all.size() == 1));

        // when
        Scene.Answer byId = scene.post(found, "{\"task_id\":\"task-1\",\"content\":\"A trap\"}");
        Scene.Answer byWorker =
                scene.post(
                        found, "{\"task_id\":\"worker_1\",\"content\":\"Two\",\"tags\":[\"api\"]}");

        // then
        assertThat(byId.status()).isEqualTo(201);
        assertThat(byWorker.json().path("task_id").stringValue()).isEqualTo("task-1");
        assertThat(scene.get(found).json().path("discoveries"))
                .extracting(each ->
                        each.path("task").stringValue() + ": " + each.path("content").stringValue())
                .containsExactly("task-2: Dates are UTC", "task-1: A trap", "task-1: Two");
        assertThat(scene.post(found, "{\"content\":\" \",\"tag\":1}").body())
                .contains("content", "task_id", "tag", "is not known here");
        assertThat(scene.post(found, "{\"task_id\":\"no\",\"content\":\"c\"}").status())
                .isEqualTo(404);
        Files.createFile(gate);
        scene.finished(job);
        assertThat(scene.post(found, "{\"task_id\":\"task-1\",\"content\":\"c\"}").status())
                .as("a task that is over finds nothing any more")
                .isEqualTo(409);
    }

    @Test
    void p11AJobIsSubmittedPolledAndItsResultsRead() throws Exception {
        // when
        Scene.Answer submitted =
                scene.post(
                        "/api/v1/orchestrate", Scene.order("echo one > a.txt", "echo two > b.txt"));
        String job = submitted.json().path("job_id").stringValue();
        JsonNode polled = scene.finished(job);
        JsonNode results = scene.get("/api/v1/jobs/" + job + "/results").json();

        // then
        assertThat(submitted.status()).isEqualTo(202);
        assertThat(submitted.json().path("status").stringValue()).isEqualTo("submitted");
        assertThat(submitted.header("Location")).isEqualTo("/api/v1/jobs/" + job);
        assertThat(polled.path("status").stringValue()).isEqualTo("completed");
        for (JsonNode from : List.of(polled.path("results"), results.path("results"))) {
            assertThat(from.path("tasks")).hasSize(2);
            JsonNode first = from.path("tasks").path(0);
            assertThat(first.path("worker_id").stringValue()).isEqualTo("worker_1");
            assertThat(first.path("status").stringValue()).isEqualTo("success");
            assertThat(first.path("files_created").path(0).stringValue()).isEqualTo("a.txt");
            assertThat(Path.of(from.path("workspace").stringValue())).isDirectory().isAbsolute();
            assertThat(from.path("statistics").path("completed_tasks").intValue()).isEqualTo(2);
        }
        assertThat(polled.path("progress").path("total_tasks").intValue()).isEqualTo(2);
        assertThat(polled.path("progress").path("success_rate").doubleValue()).isEqualTo(1);
    }

    /// The lead is a shell, too: the request is the line that it runs.
    @Test
    void halvesOfCharactersAreTakenOutOfWhatIsSent() throws Exception {
        // given
        Path gate = folder.resolve("gate");
        String plan =
                "{\"request\":\"echo '{\\\"tasks\\\":[{\\\"description\\\":\\\"until [ -e %s ]; do sleep 0.05; done\\\"}]}' # a\\ud800b\"}"
                        .formatted(gate);

        // when
        String job = scene.submitted(plan);
        String found = "/api/v1/jobs/" + job + "/discoveries";
        scene.awaiting(() ->
                Optional.of(scene.get("/api/v1/jobs/" + job + "/status").json())
                        .filter(status ->
                                status.path("progress").path("running_tasks").intValue() == 1));
        scene.post(found, "{\"task_id\":\"task-1\",\"content\":\"half \\ud83d\"}");
        Files.createFile(gate);

        // then
        assertThat(scene.finished(job).path("status").stringValue()).isEqualTo("completed");
        JsonNode results = scene.get("/api/v1/jobs/" + job + "/results").json();
        assertThat(results.path("request").stringValue()).endsWith("a\ufffdb");
        assertThat(scene.get(found).body()).contains("half \ufffd");
        assertThat(scene.coppice().store().verify(new JobId(job)))
                .isInstanceOf(Chain.Verified.class);
    }

    @Test
    void p19ResultsOfARunningJobAreAConflictThatTellsItsStatus() throws Exception {
        String job = scene.submit("sleep 600");
        scene.await(job, "running"::equals);

        Scene.Answer results = scene.get("/api/v1/jobs/" + job + "/results");

        assertThat(results.status()).isEqualTo(409);
        assertThat(results.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(results.json().path("error").stringValue()).contains("running");
    }

    @Test
    void p10CancelOfAnUnknownAFinishedAndARunningJob() throws Exception {
        String finished = scene.submit("echo done > a.txt");
        scene.finished(finished);
        Path pid = folder.resolve("pid");
        String running = scene.submit("echo $$ > '" + pid + "'; sleep 600");
        scene.awaiting(() -> Optional.of(pid).filter(JobCallsTest::hasContent));

        assertThat(scene.send(scene.call("/api/v1/jobs/0123456789ab").DELETE()).status())
                .isEqualTo(404);
        assertThat(scene.send(scene.call("/api/v1/jobs/" + finished).DELETE()).status())
                .isEqualTo(409);
        Scene.Answer canceled = scene.send(scene.call("/api/v1/jobs/" + running).DELETE());

        assertThat(canceled.status()).isEqualTo(200);
        assertThat(canceled.json().path("status").stringValue()).isEqualTo("canceled");
        long process = Long.parseLong(Files.readString(pid).strip());
        assertThat(isAlive(process)).isFalse();
    }

    /// Whether a process is there and is not just waiting for its parent to take notice of its end.
    private static boolean isAlive(long pid) {
        try {
            return !Files.readString(Path.of("/proc", Long.toString(pid), "status"))
                    .contains("State:\tZ");
        } catch (IOException gone) {
            return false;
        }
    }

    /// What a shell redirects into is there before anything stands in it.
    private static boolean hasContent(Path file) {
        return file.toFile().length() > 0;
    }

    @Test
    void p14JobsAreListedByStatusDepthParentLimitAndOffset() throws Exception {
        String good = scene.submit("echo good > a.txt");
        scene.finished(good);
        String bad = scene.submit("exit 1");
        scene.finished(bad);
        String better = scene.submit("echo better > a.txt");
        scene.finished(better);

        assertThat(ids("")).containsExactly(better, bad, good);
        assertThat(ids("?status=completed")).containsExactly(better, good);
        assertThat(ids("?limit=1&offset=1")).containsExactly(bad);
        assertThat(ids("?depth=0&status=failed")).containsExactly(bad);
        assertThat(ids("?depth=1")).isEmpty();
        assertThat(ids("?parent=" + good)).isEmpty();
        assertThat(scene.get("/api/v1/jobs?limit=1").json().path("total").intValue()).isEqualTo(3);
        assertThat(scene.get("/api/v1/jobs?status=done").status()).isEqualTo(400);
        assertThat(scene.get("/api/v1/jobs?limit=0").status()).isEqualTo(400);
        assertThat(scene.get("/api/v1/jobs?page=2").status()).isEqualTo(400);
    }

    private List<String> ids(String query) throws Exception {
        return scene.get("/api/v1/jobs" + query)
                .json()
                .path("jobs")
                .valueStream()
                .map(job -> job.path("job_id").stringValue())
                .toList();
    }

    @Test
    void p16OneWorkerOfThreeThatFailsMakesTheJobPartial() throws Exception {
        String job = scene.submit("echo 1 > a.txt", "echo broken >&2; exit 3", "echo 3 > c.txt");

        JsonNode status = scene.finished(job);

        assertThat(status.path("status").stringValue()).isEqualTo("partial");
        Scene.Answer report = scene.get("/api/v1/jobs/" + job + "/artifacts/FINAL_RESULT.md");
        assertThat(report.status()).isEqualTo(200);
        assertThat(report.body()).contains("worker_2");
    }

    @Test
    void whatARequestWantsGoesOverTheConfiguration() throws Exception {
        Scene.Answer answer =
                scene.post(
                        "/api/v1/orchestrate",
                        """
                        {"request": "Do it",
                         "config": {"max_workers": 7, "agent": "other", "integrate": "none",
                                    "execution_mode": "wsl", "default_timeout": 300,
                                    "checks": ["test -s a.txt"]},
                         "plan": {"tasks": [{"description": "echo x > a.txt"}]}}
                        """);
        String job = answer.json().path("job_id").stringValue();
        JsonNode status = scene.finished(job);
        JsonNode shown = scene.get("/api/v1/jobs/" + job).json();

        assertThat(status.path("status").stringValue()).isEqualTo("completed");
        assertThat(shown.path("max_workers").intValue()).isEqualTo(7);
        assertThat(shown.path("integrate").stringValue()).isEqualTo("none");
        JsonNode task = status.path("results").path("tasks").path(0);
        assertThat(task.path("agent").stringValue()).isEqualTo("other");
        Scene.Answer events = scene.get("/api/v1/jobs/" + job + "/events");
        assertThat(events.body()).contains("test -s a.txt").contains("\"timeout\":\"PT5M\"");
    }

    @Test
    void aFailedTaskIsTriedAgainByItsWorkersName() throws Exception {
        String job = scene.submit("test -e '" + folder + "/now' && echo x > a.txt");
        assertThat(scene.finished(job).path("status").stringValue()).isEqualTo("failed");
        Files.createFile(folder.resolve("now"));

        Scene.Answer unknown =
                scene.post("/api/v1/jobs/" + job + "/retry", "{\"tasks\": [\"worker_9\"]}");
        Scene.Answer again =
                scene.post(
                        "/api/v1/jobs/" + job + "/retry",
                        "{\"tasks\": [\"worker_1\"], \"default_timeout\": 600}");

        assertThat(unknown.status()).isEqualTo(404);
        assertThat(again.status()).isEqualTo(202);
        scene.await(job, "completed"::equals);
        assertThat(scene.post("/api/v1/jobs/" + job + "/retry", "").status()).isEqualTo(409);
    }

    @Test
    void tasksThatAreAllDoneAreNotTriedAgain() throws Exception {
        String job = scene.submit("echo x > a.txt", "exit 1");
        assertThat(scene.finished(job).path("status").stringValue()).isEqualTo("partial");
        long before = sequence(job);

        Scene.Answer done =
                scene.post("/api/v1/jobs/" + job + "/retry", "{\"tasks\": [\"worker_1\"]}");

        assertThat(done.status()).isEqualTo(409);
        assertThat(done.json().path("error").stringValue()).contains("nothing to try again");
        assertThat(sequence(job)).as("and nothing is written").isEqualTo(before);
        String both = "{\"tasks\": [\"worker_1\", \"worker_2\"]}";
        assertThat(scene.post("/api/v1/jobs/" + job + "/retry", both).status()).isEqualTo(202);
        scene.finished(job);
    }

    private long sequence(String job) {
        return scene.coppice().log().last(new JobId(job)).orElseThrow().sequence();
    }

    @Test
    void aRequestThatComesAgainWithItsKeyIsDoneOnce() throws Exception {
        Scene.Answer first = idempotent("k1", Scene.order("echo x > a.txt"));
        Scene.Answer again = idempotent("k1", Scene.order("echo x > a.txt"));
        Scene.Answer other = idempotent("k1", Scene.order("echo y > a.txt"));

        assertThat(first.status()).isEqualTo(202);
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(other.status()).isEqualTo(422);
        assertThat(scene.get("/api/v1/jobs").json().path("total").intValue()).isEqualTo(1);
        scene.finished(first.json().path("job_id").stringValue());
    }

    @Test
    void aRequestThatComesAgainToTheNextServerIsDoneOnce() throws Exception {
        Scene.Answer first = idempotent("k1", Scene.order("echo x > a.txt"));
        scene.finished(first.json().path("job_id").stringValue());

        scene.restart();

        assertThat(idempotent("k1", Scene.order("echo x > a.txt")).json()).isEqualTo(first.json());
        assertThat(idempotent("k1", Scene.order("echo y > a.txt")).status()).isEqualTo(422);
        assertThat(scene.get("/api/v1/jobs").json().path("total").intValue()).isEqualTo(1);
    }

    @Test
    void requestsThatComeWithTheSameKeyAtTheSameTimeAreOne() throws Exception {
        List<Future<Scene.Answer>> answers = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                answers.add(callers.submit(() -> idempotent("k1", Scene.order("echo x > a.txt"))));
            }
        }

        Set<String> jobs = new HashSet<>();
        for (Future<Scene.Answer> answer : answers) {
            assertThat(answer.get().status()).isEqualTo(202);
            jobs.add(answer.get().json().path("job_id").stringValue());
        }
        assertThat(jobs).hasSize(1);
        assertThat(scene.get("/api/v1/jobs").json().path("total").intValue()).isEqualTo(1);
        scene.finished(jobs.iterator().next());
    }

    @Test
    void whatIsWrongWithAnOrderHasThePlaceThatItHasThere() throws Exception {
        Scene.Answer base =
                scene.post(
                        "/api/v1/orchestrate",
                        Scene.with(Scene.order("true"), "{\"base\":\"nowhere\"}"));
        Scene.Answer target =
                scene.post(
                        "/api/v1/orchestrate",
                        Scene.with(Scene.order("true"), "{\"target\":\"nowhere\"}"));
        Scene.Answer agent =
                scene.post(
                        "/api/v1/orchestrate",
                        Scene.with(Scene.order("true"), "{\"agent\":\"nobody\"}"));
        Scene.Answer nothing = scene.post("/api/v1/orchestrate", "{\"request\":null}");

        assertThat(base.status()).isEqualTo(400);
        assertThat(base.json().at("/errors/0/place").stringValue()).isEqualTo("config.base");
        assertThat(target.status()).isEqualTo(400);
        assertThat(target.json().at("/errors/0/place").stringValue()).isEqualTo("config.target");
        assertThat(agent.status()).isEqualTo(400);
        assertThat(agent.json().at("/errors/0/place").stringValue()).isEqualTo("config.agent");
        assertThat(nothing.status()).isEqualTo(400);
        assertThat(nothing.json().at("/errors/0/place").stringValue()).isEqualTo("request");
        assertThat(base.body() + target.body() + nothing.body()).doesNotContain("--");
    }

    @Test
    void theFiguresTellTheMeanTimeOfCalls() throws Exception {
        scene.get("/api/v1/jobs");

        assertThat(scene.get("/metrics").body())
                .contains(
                        "# TYPE coppice_http_request_seconds summary",
                        "coppice_http_request_seconds_sum ",
                        "coppice_http_request_seconds_count ");
    }

    private Scene.Answer idempotent(String key, String body) throws Exception {
        return scene.send(
                Scene.body(scene.call("/api/v1/orchestrate"), body).header("Idempotency-Key", key));
    }

    @Test
    void aJobThatCannotBeDrivenIsShownSoAndHoldsUpNoOther(@TempDir Path another) throws Exception {
        try (Scene own = new Scene(another, "")) {
            Path gate = another.resolve("gate");
            String spoilt =
                    own.submit(
                            "while [ ! -e '" + gate + "' ]; do sleep 0.05; done; echo x > x.txt");
            String other = own.submit("sleep 600");
            own.await(spoilt, "running"::equals);
            own.await(other, "running"::equals);

            spoil(own, new JobId(spoilt));
            Files.createFile(gate);

            JsonNode shown =
                    own.awaiting(() ->
                            Optional.of(listed(own, spoilt))
                                    .filter(job -> job.path("interrupted").booleanValue()));
            assertThat(shown.path("status").stringValue()).isEqualTo("running");
            assertThat(listed(own, other).path("interrupted").booleanValue()).isFalse();
        } // lays both down
    }

    @Test
    void aHistoryThatIsSpoiltHarmsItsOwnJobAlone() throws Exception {
        String spoilt = scene.submit("echo x > a.txt");
        String good = scene.submit("echo y > b.txt");
        scene.finished(spoilt);
        scene.finished(good);
        scene.stop();
        spoilStored(spoilt);
        scene.start(InstantSource.system());

        JsonNode list = scene.get("/api/v1/jobs").json();
        assertThat(list.path("jobs").valueStream())
                .extracting(job -> job.path("job_id").stringValue())
                .containsExactly(good);
        assertThat(idempotent("a", Scene.order("echo z > c.txt")).status()).isEqualTo(202);
    }

    /// Makes nonsense of an event between the first and the last.
    private void spoilStored(String job) throws SQLException {
        Path store = scene.repository().path().resolve(".git/coppice/coppice.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store);
                PreparedStatement spoil =
                        connection.prepareStatement(
                                "update event set json = '{}' where job = ? and sequence = 3")) {
            spoil.setString(1, job);
            assertThat(spoil.executeUpdate()).isOne();
        }
    }

    @Test
    void aFileIsReadOnFromWhereItsLinesWereReadBefore() throws Exception {
        String lines = "for i in $(seq 30000); do printf '%050d\\n' $i; done; printf half";
        String job = scene.submit(lines);
        scene.finished(job);
        String path = "/api/v1/jobs/" + job + "/artifacts/depth_0/worker_1/attempt_1/output.log";
        String whole = scene.get(path).body();
        assertThat(whole).hasSize(30_000 * 51 + "half".length());

        Scene.Answer first = scene.get(path + "?offset=0");
        Scene.Answer second = scene.get(path + "?offset=" + first.header("X-Next-Offset"));
        Scene.Answer third = scene.get(path + "?offset=" + second.header("X-Next-Offset"));

        assertThat(first.body()).hasSizeBetween(1 << 20, (1 << 20) + 51).endsWith("\n");
        assertThat(first.header("X-Next-Offset")).isEqualTo("" + first.body().length());
        assertThat(first.body() + second.body()).isEqualTo(whole);
        assertThat(third.body()).isEqualTo("half");
        assertThat(third.header("X-Next-Offset")).isEqualTo(second.header("X-Next-Offset"));
        assertThat(scene.get(path + "?offset=" + Long.MAX_VALUE).body()).isEmpty();
        assertThat(scene.get(path + "?offset=-1").status()).isEqualTo(400);
    }

    private static JsonNode listed(Scene scene, String job)
            throws IOException, InterruptedException {
        return scene.get("/api/v1/jobs")
                .json()
                .path("jobs")
                .valueStream()
                .filter(each -> each.path("job_id").stringValue().equals(job))
                .findFirst()
                .orElseThrow();
    }

    /// Writes what can't be: the end of a task that runs, and twice. With it the job never comes to an end.
    private static void spoil(Scene scene, JobId job) {
        TaskState running = scene.coppice().engine().state(job).orElseThrow().workers().getFirst();
        Event end =
                new Event.TaskEnded(
                        running.task().id(),
                        TaskStatus.COMPLETED,
                        Optional.empty(),
                        Optional.empty());
        EventLog log = scene.coppice().store();
        while (!log.append(
                job,
                log.last(job).orElseThrow().sequence() + 1,
                Instant.now(),
                List.of(end, end))) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aRunningJobIsLaidDownWithTheServerAndTakenUpByTheNext() throws Exception {
        String job =
                scene.submit(
                        "while [ ! -e '%s/go' ]; do sleep 0.05; done; echo x > a.txt"
                                .formatted(folder));
        scene.await(job, "running"::equals);

        scene.restart();
        Files.createFile(folder.resolve("go"));

        assertThat(scene.finished(job).path("status").stringValue()).isEqualTo("completed");
    }
}
