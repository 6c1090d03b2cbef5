package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.house.cli.Program.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A user who stands nowhere in particular, and whose commands speak to the server that COPPICE_API_URL names.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class DistantServerTest {
    private static final Pattern SERVING = Pattern.compile("serving at (http://\\S+) ");

    @TempDir Path folder;
    private Scene scene;
    private Process serving;
    private String address;
    private Path away;
    private Program user;

    @BeforeEach
    void serve() throws IOException {
        scene = Scene.in(folder);
        serving = scene.start("serve", "--port", "0");
        Scene.await(() -> SERVING.matcher(scene.program().printed("out")).find());
        Matcher told = SERVING.matcher(scene.program().printed("out"));
        assertThat(told.find()).isTrue();
        address = told.group(1);
        away = Files.createDirectories(folder.resolve("away"));
        user =
                Program.in(Files.createDirectories(folder.resolve("user")))
                        .with("COPPICE_API_URL", address)
                        .with("COPPICE_API_KEY", key());
    }

    /// The key that a server on this machine makes for its user.
    private String key() throws IOException {
        return Files.readString(folder.resolve("program/home/.coppice/server.key")).strip();
    }

    @AfterEach
    void stop() throws Exception {
        serving.destroy();
        serving.waitFor();
        scene.program().awaitSilence();
    }

    private Result run(String... words) throws Exception {
        return user.run(away, words);
    }

    private void plan(String yaml) throws IOException {
        Files.writeString(away.resolve("plan.yaml"), yaml);
    }

    private String ended(Result run) {
        assertThat(run.code()).as(run.err() + run.out()).isZero();
        return Scene.job(run);
    }

    @Test
    void aPlanRunsThereAndIsShownHereAsIfItRanHere() throws Exception {
        plan(
                """
                tasks:
                  - {id: a, description: echo one; echo 1 > a.txt}
                  - {id: b, description: echo 2 > b.txt}
                """);

        Result run = run("run", "--plan", "plan.yaml", "--max-retries", "0");
        String job = ended(run);

        assertThat(run.out())
                .containsSubsequence(
                        "worker_1 a: attempt 1 by script begins", "completed  2 of 2 tasks");
        assertThat(scene.run("status", job).out()).contains("completed  2 of 2 tasks");
        assertThat(scene.repository().read("coppice/" + job + "/result", "a.txt")).isEqualTo("1\n");
        assertThat(run("status").out()).startsWith(job + "  completed").contains("2/2");
        assertThat(run("status", "job_" + job).out()).isEqualTo(scene.run("status", job).out());
        assertThat(run("logs", job).out()).isEqualTo(scene.run("logs", job).out());
        assertThat(run("logs", job, "a").out()).isEqualTo("one\n");
        assertThat(run("events", job).out()).isEqualTo(scene.run("events", job).out());
        assertThat(run("report", job).out()).isEqualTo(scene.run("report", job).out());
        assertThat(run("report", job, "--html").out())
                .isEqualTo(address + "/api/v1/jobs/" + job + "/artifacts/reports/report.html\n");
        JsonNode here = JsonMapper.shared().readTree(run("status", job, "--json").out());
        JsonNode there = JsonMapper.shared().readTree(scene.run("status", job, "--json").out());
        assertThat(here).isEqualTo(there);
        assertThat(JsonMapper.shared().readTree(run("report", job, "--json").out()))
                .isEqualTo(JsonMapper.shared().readTree(scene.run("report", job, "--json").out()));
        assertThat(JsonMapper.shared().readTree(run("status", "--json").out()).at("/jobs/0/job_id"))
                .hasToString('"' + job + '"');
    }

    @Test
    void theQuickStartRunsThereToo() throws Exception {
        Files.copy(
                Path.of("../quick-start.sh"),
                folder.resolve("user/quick-start.sh"),
                StandardCopyOption.COPY_ATTRIBUTES);
        plan("tasks: [{id: a, description: echo 1 > a.txt}]");

        Result run =
                user.shell(
                        away,
                        "\"$(dirname \"$coppice\")\"/quick-start.sh --plan plan.yaml --detach");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(scene.run("status").out()).startsWith(run.out().strip());
        assertThat(away.resolve(".git")).doesNotExist();
    }

    @Test
    void whatFailedThereIsTriedAgainThere() throws Exception {
        Path gate = folder.resolve("gate");
        plan(
                "tasks: [{id: a, description: 'test -e \"%s\"; echo $?; test -e \"%s\"', expects: any}]"
                        .formatted(gate, gate));
        Result failed = run("run", "--plan", "plan.yaml", "--max-retries", "0", "--json");
        assertThat(failed.code()).as(failed.err()).isEqualTo(1);
        String job = JsonMapper.shared().readTree(failed.out()).path("job_id").stringValue();

        Files.createFile(gate);
        Result again = run("retry", job, "a", "--timeout", "2m");

        assertThat(again.code()).as(again.err() + again.out()).isZero();
        assertThat(again.out()).contains("completed  1 of 1 task");
        Result nothing = run("retry", job);
        assertThat(nothing.code()).isZero();
        assertThat(nothing.err()).contains("nothing to try again");
    }

    @Test
    void aJobThatGoesOnThereIsFollowedAndEndedFromHere() throws Exception {
        Path printed = folder.resolve("printed");
        plan(
                "tasks: [{id: a, description: 'echo begun; printf half; touch \"%s\"; exec sleep 600'}]"
                        .formatted(printed));
        Result detached = run("run", "--plan", "plan.yaml", "--detach");
        assertThat(detached.code()).as(detached.err()).isZero();
        String job = detached.out().strip();
        Program second =
                Program.in(Files.createDirectories(folder.resolve("second")))
                        .with("COPPICE_API_URL", address)
                        .with("COPPICE_API_KEY", key());
        Process watching = second.start(away, "watch", job);
        Program third =
                Program.in(Files.createDirectories(folder.resolve("third")))
                        .with("COPPICE_API_URL", address)
                        .with("COPPICE_API_KEY", key());
        Process logs = third.start(away, "logs", job, "a", "-f");
        Scene.await(() -> third.printed("out").equals("begun\n"));
        Scene.await(() -> second.printed("out").contains("begins"));
        Scene.await(() -> Files.exists(printed));

        assertThat(run("cancel", job).out()).isEqualTo("job " + job + " is asked to end\n");

        assertThat(second.ended(watching).out()).contains("canceled  0 of 1 task");
        assertThat(third.ended(logs).out()).isEqualTo("begun\nhalf\n");
        assertThat(run("cancel", job).out()).isEqualTo("job " + job + " is over already\n");
        assertThat(run("events", job, "-f").out()).endsWith("}\n").contains("job_ended");
    }

    @Test
    void whoFollowsAJobOutlivesACrashOfTheServer() throws Exception {
        followWhileServerIsAway(Process::destroyForcibly);
    }

    @Test
    void whoFollowsAJobOutlivesAServerThatLaysItDown() throws Exception {
        followWhileServerIsAway(Process::destroy);
    }

    private void followWhileServerIsAway(Consumer<Process> end) throws Exception {
        // given
        Path gate = folder.resolve("gate");
        plan(
                "tasks: [{id: a, description: 'echo begun; while ! test -e \"%s\"; do sleep 0.1; done; echo 1 > a.txt'}]"
                        .formatted(gate));
        Process running = user.start(away, "run", "--plan", "plan.yaml");
        Scene.await(() -> user.printed("out").contains("begins"));
        String job = Scene.job(new Result(0, user.printed("out"), ""));
        Program second =
                Program.in(Files.createDirectories(folder.resolve("second")))
                        .with("COPPICE_API_URL", address)
                        .with("COPPICE_API_KEY", key());
        Process logs = second.start(away, "logs", job, "-f");
        Scene.await(() -> second.printed("out").contains("begins"));

        // when
        end.accept(serving);
        serving.waitFor();
        Scene.await(() -> user.printed("err").contains("The server is away. Waiting for it"));
        Scene.await(() -> second.printed("err").contains("The server is away. Waiting for it"));
        serveAgain();
        Files.createFile(gate);

        // then
        Result run = user.ended(running);
        assertThat(run.code()).as(run.err() + run.out()).isZero();
        assertThat(run.out()).contains("completed  1 of 1 task");
        assertThat(run.err()).containsOnlyOnce("The server is away.");
        Result followed = second.ended(logs);
        assertThat(followed.code()).as(followed.err()).isZero();
        assertThat(followed.out()).contains("completed");
        assertThat(run("status").out()).startsWith(job).hasLineCount(1);
    }

    /// Where the server was before: tried again while somebody else has the port, which was free for a while.
    private void serveAgain() throws Exception {
        String port = address.replaceFirst(".*:", "");
        boolean isTaken = true;
        while (isTaken) {
            serving = scene.start("serve", "--port", port);
            Scene.await(() ->
                    !serving.isAlive() || SERVING.matcher(scene.program().printed("out")).find());
            isTaken =
                    !serving.isAlive() && scene.program().printed("err").contains("Failed to bind");
        }
    }

    @Test
    void whatNeedsTheRepositoryItselfSaysSo() throws Exception {
        for (String line : List.of("diff JOB", "merge JOB", "resume JOB", "clean")) {
            String command = line.split(" ")[0];
            Result refused = run(line.split(" "));

            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.err())
                    .isEqualTo(
                            "coppice: %s: This works in the repository itself, and COPPICE_API_URL names a server: unset that to work here.\n"
                                    .formatted(command));
        }
    }

    @Test
    void whatGoesWrongOnTheWayIsSaidInASentence() throws Exception {
        plan("tasks: [{id: a, description: x, priority: 11}]");

        assertSaid(run("run", "--plan", "plan.yaml"), 2, "priority");
        assertSaid(
                run("run", "--plan", "plan.yaml", "--isolation", "none"),
                2,
                "--isolation: The server's own");
        assertSaid(
                run("run", "--plan", "plan.yaml", "--max-workers", "many"),
                2,
                "--max-workers: It must be");
        assertSaid(run("run"), 2, "Say what is to be done");
        assertSaid(run("status", "0123456789ab"), 3, "There is no such job");
        assertSaid(run("cancel", "0123456789ab", "a"), 2, "only whole jobs");
        user.with("COPPICE_API_KEY", "wrong");
        assertSaid(run("status"), 6, "COPPICE_API_KEY: The key is not valid.");
        user.with("COPPICE_API_KEY", "");
        assertSaid(
                run("status"),
                6,
                "COPPICE_API_KEY: The server that COPPICE_API_URL names wants a key");
        user.with("COPPICE_API_URL", "localhost:8000");
        assertSaid(run("status"), 2, "COPPICE_API_URL: It must have the form http://HOST:PORT");
    }

    private static void assertSaid(Result refused, int code, String said) {
        assertThat(refused.code()).as(refused.err()).isEqualTo(code);
        assertThat(refused.err()).contains(said);
        assertThat(refused.out()).isEmpty();
    }

    @Test
    void theUserOfAServerOnThisMachineNeedsNoKey() throws Exception {
        Result status =
                scene.second()
                        .program()
                        .with("HOME", folder.resolve("program/home").toString())
                        .with("COPPICE_API_URL", address)
                        .run(away, "status");

        assertThat(status.code()).as(status.err()).isZero();
        assertThat(status.out()).startsWith("There are no jobs yet.");
    }

    @Test
    void anotherTryThatTheServerRefusesSaysWhy() throws Exception {
        Files.writeString(
                away.resolve("child.yaml"), "tasks: [{id: c, description: 'echo no; exit 1'}]");
        plan(
                """
                tasks:
                  - id: a
                    description: |
                      '%1$s' run --plan '%2$s' --json > '%3$s/child.json'
                      '%1$s' logs "$(sed -n 's/.*"job_id" *: *"\\([0-9a-z]*\\)".*/\\1/p' '%3$s/child.json' | head -n 1)" c > '%3$s/child.log' 2>&1
                """
                        .formatted(
                                folder.resolve("program/coppice"),
                                away.resolve("child.yaml"),
                                away));
        Result run = run("run", "--plan", "plan.yaml", "--max-retries", "0");
        assertThat(run.code()).as(run.err() + run.out()).isEqualTo(1);
        String child =
                JsonMapper.shared()
                        .readTree(Files.readString(away.resolve("child.json")))
                        .path("job_id")
                        .stringValue();
        assertThat(away.resolve("child.log")).content().contains("no\n");

        Result refused = run("retry", child);

        assertThat(refused.code()).as(refused.err()).isEqualTo(2);
        assertThat(refused.err()).contains("Nobody waits for this job any more: retry job ");
        assertThat(refused.out()).isEmpty();
    }

    @Test
    void anAgentsCommandsSpeakToTheDoorOfItsJob() throws Exception {
        Path launcher = folder.resolve("program/coppice");
        Files.writeString(
                away.resolve("child.yaml"), "tasks: [{id: c, description: 'echo three > c.txt'}]");
        plan(
                """
                tasks:
                  - id: a
                    description: |
                      '%1$s' status; echo "list: $?"
                      '%1$s' status "$COPPICE_JOB" > /dev/null; echo "own: $?"
                      '%1$s' diff "$COPPICE_JOB"; echo "diff: $?"
                      '%1$s' run --plan '%2$s' > child.out; echo "child: $?"
                """
                        .formatted(launcher, away.resolve("child.yaml")));
        Result run = run("run", "--plan", "plan.yaml");
        String job = ended(run);

        JsonNode task =
                JsonMapper.shared()
                        .readTree(run("status", job, "--json").out())
                        .at("/results/tasks/0");
        assertThat(task.path("status").stringValue()).isEqualTo("recursive_success");
        assertThat(task.path("output").stringValue())
                .contains("list: 6", "own: 0", "diff: 2", "child: 0");
        assertThat(scene.repository().read("coppice/" + job + "/result", "c.txt"))
                .isEqualTo("three\n");
        assertThat(scene.repository().read("coppice/" + job + "/result", "child.out"))
                .contains("completed  1 of 1 task");
    }
}
