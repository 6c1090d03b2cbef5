package dev.coppice.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.agent.ScriptedProgram;
import dev.coppice.model.JobId;
import dev.coppice.model.TaskId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a job and those that its workers start share, and where they meet: lines of a file, money, time, the end.
class FamilyTest {
    @TempDir Path folder;

    /// Posts its argument and goes on at once.
    private static final String DELEGATE =
            """
            printf 'X-API-Key: %s\\n' "$COPPICE_API_KEY" | curl -sS --fail-with-body -H @- -H 'Content-Type: application/json' \\
              -d "$1" "$COPPICE_API_URL/api/v1/orchestrate"
            """;

    private Scene scene(String configuration) throws Exception {
        Scene scene = new Scene(folder, configuration);
        scene.repository().write("delegate.sh", DELEGATE);
        scene.repository().commit("Know how to delegate");
        return scene;
    }

    /// A line that starts this job.
    private static String delegating(String order) {
        return "sh delegate.sh '" + order + "'";
    }

    /// A scripted agent, which follows the last script of its prompt, or those of a file first.
    private static String scripted(String name, Optional<Path> scripts) {
        String command =
                ScriptedProgram.command().stream()
                        .map(JsonMapper.shared()::writeValueAsString)
                        .collect(Collectors.joining(", "));
        String args = scripts.map(file -> ", args: [--scripts, \"" + file + "\"]").orElse("");
        return "  %s: { kind: scripted, command: [%s]%s }\n".formatted(name, command, args);
    }

    private static JsonNode task(JsonNode status) {
        return status.path("results").path("tasks").path(0);
    }

    // ---- lines of a file ----

    private static String lineOfBoth() {
        return "echo base > f.txt && "
                + delegating(Scene.order("echo child > f.txt"))
                + " && echo parent > f.txt";
    }

    @ParameterizedTest
    @CsvSource({"ours, parent", "theirs, child"})
    void whereAJobChangedTheSameLinesAsWhoStartedItThePolicyDecides(String policy, String line)
            throws Exception {
        try (Scene scene = scene("integrate: { conflicts: " + policy + " }\n")) {
            String job = scene.submit(lineOfBoth());
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("completed");
            assertThat(scene.repository().read("coppice/" + job + "/result", "f.txt"))
                    .isEqualTo(line + "\n");
        }
    }

    @Test
    void anAgentThatWroteNeitherSideSettlesWhereTheyMeet() throws Exception {
        try (Scene scene = settling()) {
            String job = scene.submit(lineOfBoth());
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("completed");
            assertThat(task(ended).path("files_created")).hasSize(1);
            assertThat(
                            ended.path("own")
                                    .valueStream()
                                    .filter(own ->
                                            own.path("id").stringValue().startsWith("@resolve")))
                    .as("nothing is asked twice")
                    .hasSize(1);
            assertThat(scene.repository().read("coppice/" + job + "/result", "f.txt"))
                    .isEqualTo("parent\nchild\n");
        }
    }

    @Test
    void whatSeveralJobsOfOneWorkerChangedAlikeIsSettledOneByOne() throws Exception {
        try (Scene scene = settling()) {
            String job =
                    scene.submit(
                            "echo base > f.txt && "
                                    + delegating(Scene.order("echo one > f.txt"))
                                    + " && "
                                    + delegating(Scene.order("echo two > f.txt")));
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("completed");
            assertThat(scene.repository().read("coppice/" + job + "/result", "f.txt"))
                    .isEqualTo("one\ntwo\n");
        }
    }

    /// Where the lead leaves both sides of a conflict in the file.
    private Scene settling() throws Exception {
        Path scripts =
                Files.writeString(
                        folder.resolve("lead.md"), "```script\nsettle f.txt\nsay Both.\n```\n");
        Scene scene = scene(scripted("scripted", Optional.of(scripts)));
        reconfigure(scene, "lead: script\n", "lead: scripted\n");
        return scene;
    }

    private static void reconfigure(Scene scene, String old, String now) throws Exception {
        Path file = scene.repository().path().resolve("coppice.yaml");
        scene.repository().write("coppice.yaml", Files.readString(file).replace(old, now));
        scene.restart();
    }

    @Test
    void aConflictThatIsLeftToAPersonIsSaidWithItsFiles() throws Exception {
        try (Scene scene = scene("integrate: { conflicts: manual }\n")) {
            String job = scene.submitted(Scene.order(lineOfBoth(), "echo other > other.txt"));
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("partial");
            JsonNode task = task(ended);
            assertThat(task.path("reason").stringValue()).isEqualTo("conflict");
            assertThat(task.path("error_message").stringValue())
                    .contains("f.txt", "coppice/" + ended.at("/children/0/job_id").stringValue());
            assertThat(task.path("rescues")).isNotEmpty();
        }
    }

    // ---- the folder ----

    @Test
    void withoutWorktreesAllOfAFamilyWorkInTheFolder() throws Exception {
        try (Scene scene = scene("orchestrator: { isolation: none }\n")) {
            String job =
                    scene.submit(
                            "echo mine > mine.txt && "
                                    + delegating(
                                            Scene.order(
                                                    "cat mine.txt > theirs.txt",
                                                    "echo three > three.txt")));
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("completed");
            assertThat(task(ended).path("status").stringValue()).isEqualTo("recursive_success");
            assertThat(scene.repository().path().resolve("theirs.txt")).hasContent("mine\n");
            assertThat(scene.repository().path().resolve("three.txt")).hasContent("three\n");
        }
    }

    // ---- time ----

    @Test
    void theClockOfAnAttemptStandsStillWhileItWaitsForItsJob() throws Exception {
        try (Scene scene = scene("")) {
            JsonNode ended = ofJobThatTakesLonger(scene, 10);
            if (!ended.path("status").stringValue().equals("completed")) {
                // a busy machine may need all of a short time for the rest
                ended = ofJobThatTakesLonger(scene, 60);
            }

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("completed");
        }
    }

    /// The end of a job whose worker may take so many seconds, and waits for a job of its own that takes more.
    private JsonNode ofJobThatTakesLonger(Scene scene, int seconds) throws Exception {
        Path gate = Files.createFile(folder.resolve("gate" + seconds));
        String order =
                Scene.order(
                        delegating(
                                        Scene.with(
                                                Scene.order(
                                                        "sleep %1$d; echo %1$d > x.txt"
                                                                .formatted(seconds + 1)),
                                                "{\"default_timeout\":600}"))
                                + " && while [ -e '"
                                + gate
                                + "' ]; do sleep 0.1; done");
        String job =
                scene.submitted(Scene.with(order, "{\"default_timeout\":%d}".formatted(seconds)));
        Optional<String> child = childUnlessOver(scene, job);
        if (child.isPresent()) {
            scene.finished(child.get());
        }
        Files.delete(gate);
        return scene.finished(job);
    }

    @Test
    void theTimeOfTheRootJobEndsTheWholeFamily() throws Exception {
        try (Scene scene = scene("")) {
            reconfigure(scene, "max_retries: 0", "max_retries: 0, job_timeout: 10");
            String job = scene.submit(delegating(Scene.order("exec sleep 600")));
            Optional<String> started = childUnlessOver(scene, job);
            while (started.isEmpty()) { // a busy machine may need all of that time for less
                job = scene.submit(delegating(Scene.order("exec sleep 600")));
                started = childUnlessOver(scene, job);
            }
            String child = started.get();
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("canceled");
            assertThat(scene.finished(child).path("status").stringValue()).isEqualTo("canceled");
            assertThat(processesOf(child)).isEmpty();
        }
    }

    @Test
    void whoEndsATaskEndsTheJobsThatItStarted() throws Exception {
        try (Scene scene = scene("")) {
            String job =
                    scene.submit(
                            delegating(Scene.order("exec sleep 600")), "echo other > other.txt");
            String child = child(scene, job);
            scene.await(child, "running"::equals);

            scene.coppice().engine().cancel(new JobId(job), Optional.of(new TaskId("task-1")));
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("partial");
            assertThat(task(ended).path("status").stringValue()).isEqualTo("canceled");
            assertThat(scene.finished(child).path("status").stringValue()).isEqualTo("canceled");
            assertThat(processesOf(child)).isEmpty();
        }
    }

    /// Living processes that belong to the job.
    private static List<Long> processesOf(String job) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> isOf(pid, job))
                .toList();
    }

    private static boolean isOf(long pid, String job) {
        try {
            return Files.readString(
                            Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1)
                    .contains("\0COPPICE_JOB=" + job + "\0");
        } catch (IOException _) {
            return false; // it is gone, or somebody else's
        }
    }

    /// The first job that a task of this one starts.
    private static String child(Scene scene, String job) throws Exception {
        return scene.awaiting(() -> {
            JsonNode jobs = scene.get("/api/v1/jobs?parent=" + job).json().path("jobs");
            return jobs.isEmpty()
                    ? Optional.empty()
                    : Optional.of(jobs.get(0).path("job_id").stringValue());
        });
    }

    /// The same, or empty where the job is over without.
    private static Optional<String> childUnlessOver(Scene scene, String job) throws Exception {
        return scene.awaiting(() -> {
            boolean isOver = scene.coppice().view(new JobId(job)).orElseThrow().status().isOver();
            JsonNode jobs = scene.get("/api/v1/jobs?parent=" + job).json().path("jobs");
            return jobs.isEmpty() && !isOver
                    ? Optional.empty()
                    : Optional.of(
                            jobs.valueStream()
                                    .findFirst()
                                    .map(each -> each.path("job_id").stringValue()));
        });
    }

    // ---- money ----

    @Test
    void whatAJobSpendsComesOutOfItsParentsBudget() throws Exception {
        try (Scene scene = scene(scripted("scripted", Optional.empty()))) {
            String child =
                    "{\"plan\":{\"goal\":\"Spend\",\"tasks\":[%s,%s]},\"config\":{\"budget_usd\":50,\"max_workers\":1}}"
                            .formatted(spending("a"), spending("b"));
            String order =
                    ("{\"plan\":{\"goal\":\"Save\",\"tasks\":[{\"id\":\"first\",\"description\":%s},"
                                    + "{\"id\":\"last\",\"dependencies\":[\"first\"],\"description\":\"echo x > x.txt\"}]},"
                                    + "\"config\":{\"budget_usd\":1}}")
                            .formatted(
                                    JsonMapper.shared()
                                            .writeValueAsString(
                                                    "cat > order.json <<'END'\n"
                                                            + child
                                                            + "\nEND\nsh delegate.sh @order.json"));
            String job = scene.submitted(order);
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("partial");
            assertThat(ended.path("cost_usd").decimalValue()).isEqualByComparingTo("1.2");
            assertThat(ended.at("/results/tasks/1/reason").stringValue()).isEqualTo("budget");
            assertThat(scene.repository().read("coppice/" + job + "/result", "b.txt"))
                    .as("what was paid for is in the result")
                    .isEqualTo("x\n");
        }
    }

    @Test
    void anAgentIsNotAskedAgainWhereItsJobSpentTheMoney() throws Exception {
        try (Scene scene = scene(scripted("scripted", Optional.empty()))) {
            String child =
                    "{\"plan\":{\"goal\":\"Spend\",\"tasks\":[%s,%s]},\"config\":{\"budget_usd\":1,\"max_workers\":1}}"
                            .formatted(spending("a"), spending("b"));
            Path file = Files.writeString(folder.resolve("order.json"), child);
            String description =
                    """
                    Have it done.
                    ```script
                    run sh delegate.sh @%s > /dev/null
                    ```
                    ```script when The jobs that you started have ended
                    write late.txt
                    | x
                    ```
                    """
                            .formatted(file);
            String job =
                    scene.submitted(
                            "{\"plan\":{\"goal\":\"Save\",\"tasks\":[{\"agent\":\"scripted\",\"description\":%s}]},\"config\":{\"budget_usd\":1}}"
                                    .formatted(
                                            JsonMapper.shared().writeValueAsString(description)));
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("completed");
            assertThat(
                            scene.repository()
                                    .git("ls-tree", "--name-only", "coppice/" + job + "/result"))
                    .contains("a.txt", "b.txt")
                    .doesNotContain("late.txt");
        }
    }

    private static String spending(String id) {
        return "{\"id\":\"%1$s\",\"agent\":\"scripted\",\"description\":\"Spend\\n```script\\nwrite %1$s.txt\\n| x\\nusage 10 10 0.6\\n```\"}"
                .formatted(id);
    }
}
