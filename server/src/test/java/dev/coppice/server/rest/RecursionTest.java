package dev.coppice.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.agent.ScriptedProgram;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Agents start jobs of their own at the server's door, with the tokens that they find.
class RecursionTest {
    @TempDir Path folder;

    /// Posts its argument as document 004 does, polls until that job is over, and prints what it became.
    private static final String DELEGATE =
            """
            call() { printf 'X-API-Key: %s\\n' "$COPPICE_API_KEY" | curl -sS -H @- -H 'Content-Type: application/json' "$@"; }
            answer=$(call -d "$1" "$COPPICE_API_URL/api/v1/orchestrate")
            job=$(printf %s "$answer" | sed -n 's/.*"job_id":"\\([0-9a-z]*\\)".*/\\1/p')
            if [ -z "$job" ]; then printf '%s\\n' "$answer"; exit 1; fi
            if [ -n "$NO_WAIT" ]; then exit 0; fi
            while :; do
              status=$(call "$COPPICE_API_URL/api/v1/jobs/$job/status" | grep -o '"status" *: *"[a-z]*"' | head -n 1)
              case $status in *submitted*|*planning*|*running*) sleep 0.1;; *) echo "$job $status"; exit 0;; esac
            done
            """;

    private Scene scene(String configuration) throws Exception {
        Scene scene = new Scene(folder, configuration);
        scene.repository().write("delegate.sh", DELEGATE);
        scene.repository().commit("Know how to delegate");
        return scene;
    }

    private static String scripted() {
        String command =
                ScriptedProgram.command().stream()
                        .map(JsonMapper.shared()::writeValueAsString)
                        .collect(Collectors.joining(", "));
        return "  scripted: { kind: scripted, command: [" + command + "] }\n";
    }

    /// A line that starts a job of tasks which run these lines, and waits for it.
    private static String delegating(String... lines) {
        return "sh delegate.sh '" + Scene.order(lines) + "'";
    }

    private static List<JsonNode> tasks(JsonNode status) {
        return status.path("results").path("tasks").valueStream().toList();
    }

    @Test
    void p11WhatAChildJobBroughtIsInItsParentsResult() throws Exception {
        try (Scene scene = scene("")) {
            String job =
                    scene.submit(
                            "echo mine > mine.txt && "
                                    + delegating(
                                            "echo one > one.txt",
                                            "echo two >> mine.txt",
                                            "echo three > three.txt")
                                    + " && echo more > more.txt");
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("completed");
            String branch = "coppice/" + job + "/result";
            assertThat(scene.repository().read(branch, "mine.txt")).isEqualTo("mine\ntwo\n");
            for (String file : List.of("one", "three", "more")) {
                assertThat(scene.repository().read(branch, file + ".txt")).isEqualTo(file + "\n");
            }
            JsonNode task = tasks(ended).getFirst();
            assertThat(task.path("status").stringValue()).isEqualTo("recursive_success");
            String child = task.path("child_job_id").stringValue();
            assertThat(child).isEqualTo(child(scene, job));
            JsonNode below = ended.path("children").path(0);
            assertThat(below.path("job_id").stringValue()).isEqualTo(child);
            assertThat(below.path("depth").intValue()).isEqualTo(1);
            assertThat(below.path("parent_job_id").stringValue()).isEqualTo(job);
            assertThat(below.path("parent_task").stringValue()).isEqualTo("task-1");
            assertThat(below.path("progress").path("completed").intValue()).isEqualTo(3);
            assertThat(scene.finished(child).path("parent_task").stringValue()).isEqualTo("task-1");
            assertThat(
                            task.path("child_results")
                                    .valueStream()
                                    .map(each ->
                                            each.path("worker_id").stringValue()
                                                    + " "
                                                    + each.path("status").stringValue()))
                    .containsExactly(
                            "worker_1_1 success", "worker_1_2 success", "worker_1_3 success");
        }
    }

    @Test
    void p1p5TheWorkspaceShowsTheHierarchy() throws Exception {
        try (Scene scene = scene("")) {
            String job =
                    scene.submit("echo x > x.txt", delegating("echo a > a.txt", "echo b > b.txt"));
            JsonNode results = scene.finished(job).path("results");
            Path report = Path.of(results.path("final_report").stringValue());
            Path root = Path.of(results.path("workspace").stringValue());
            String child = child(scene, job);

            for (String file :
                    List.of(
                            "depth_0/LEVEL_0_REPORT.md",
                            "depth_0/worker_1/task_envelope.json",
                            "depth_0/worker_2_recursive/child_job.json",
                            "depth_1/LEVEL_1_REPORT.md",
                            "depth_1/worker_2_1/attempt_1/output.log",
                            "depth_1/worker_2_2/task_envelope.json",
                            "depth_1/worker_2_job_1/FINAL_RESULT.md",
                            "depth_1/worker_2_job_1/results.json",
                            "logs/orchestrator.log",
                            "logs/depth_0_worker_2.log",
                            "logs/depth_1_worker_2_1.log")) {
                assertThat(root.resolve(file)).isRegularFile();
            }
            assertThat(root.resolve("depth_0/worker_2/child_job.json")).content().contains(child);
            assertThat(root.resolve("depth_1/worker_2_job_1/metadata.json"))
                    .content()
                    .contains(job, "task-2", "worker_2_1");
            assertThat(report)
                    .content()
                    .contains("Jobs that workers started", child, "depth_1/LEVEL_1_REPORT.md");
            assertThat(root.resolve("depth_1/LEVEL_1_REPORT.md"))
                    .content()
                    .contains("worker_2_1", "worker_2_2", job);
        }
    }

    @Test
    void p17TwoWorkersWithThreeChildrenEachShareTwoSlots() throws Exception {
        // whose children count for no limit of the server's
        try (Scene scene = scene("api: { max_concurrent_jobs: 1 }\n")) {
            String orders =
                    Scene.order(
                            IntStream.range(0, 2)
                                    .mapToObj(i ->
                                            delegating(
                                                    IntStream.range(0, 3)
                                                            .mapToObj(j ->
                                                                    "echo x > %d-%d.txt"
                                                                            .formatted(i, j))
                                                            .toArray(String[]::new)))
                                    .toArray(String[]::new));
            String job =
                    scene.submitted(
                            Scene.with(orders, "{\"max_workers\":2,\"max_recursion_depth\":3}"));
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("completed");
            assertThat(
                            scene.repository()
                                    .git("ls-tree", "--name-only", "coppice/" + job + "/result"))
                    .contains("0-0.txt", "0-1.txt", "0-2.txt", "1-0.txt", "1-1.txt", "1-2.txt");
            assertThat(
                            scene.get("/api/v1/jobs?parent=" + job)
                                    .json()
                                    .path("jobs")
                                    .valueStream()
                                    .map(child -> child.path("depth").intValue()))
                    .containsExactly(1, 1);
            Path root = Path.of(ended.path("results").path("workspace").stringValue());
            assertThat(root.resolve("depth_1/LEVEL_1_REPORT.md"))
                    .content()
                    .contains("worker_1_1", "worker_1_3", "worker_2_1", "worker_2_3");
        }
    }

    /// A line that is seen while it runs.
    private String seen(String name) {
        return "echo +1 >> %1$s; sleep 0.5; echo -1 >> %1$s; echo x > %2$s.txt"
                .formatted(folder.resolve("running"), name);
    }

    /// How many of those lines ran at once, at most.
    private int atOnce() throws Exception {
        int running = 0;
        int most = 0;
        for (String line : Files.readAllLines(folder.resolve("running"))) {
            running += Integer.parseInt(line);
            most = Math.max(most, running);
        }
        assertThat(running).isZero();
        return most;
    }

    @Test
    void p17NoMoreWorkersOfAFamilyRunAtOnceThanItsRootMayHave() throws Exception {
        try (Scene scene = scene("")) {
            String orders =
                    Scene.order(
                            delegating(seen("a"), seen("b"), seen("c")),
                            delegating(seen("d"), seen("e"), seen("f")));
            String job = scene.submitted(Scene.with(orders, "{\"max_workers\":2}"));
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("completed");
            assertThat(Files.readAllLines(folder.resolve("running"))).hasSize(12);
            assertThat(atOnce()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void atEachDepthNoMoreRunAtOnceThanItsQuotaSays() throws Exception {
        try (Scene scene = scene("recursion: { workers_by_depth: [4, 1] }\n")) {
            String job =
                    scene.submit(
                            delegating(seen("a"), seen("b")), delegating(seen("c"), seen("d")));
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("completed");
            assertThat(Files.readAllLines(folder.resolve("running"))).hasSize(8);
            assertThat(atOnce()).isEqualTo(1);
        }
    }

    @Test
    void anAgentWithASessionIsToldThatItsJobFailedAndSoIsWhoReadsItsResult() throws Exception {
        try (Scene scene = scene(scripted())) {
            String description =
                    """
                    Have it done.
                    ```script
                    run NO_WAIT=1 %s
                    ```
                    ```script when The jobs that you started have ended
                    expect task-1: failed
                    write mine.txt
                    | mine
                    ```
                    """
                            .formatted(delegating("exit 3"));
            String job =
                    scene.submitted(
                            "{\"plan\":{\"goal\":\"Much\",\"tasks\":[{\"agent\":\"scripted\",\"description\":"
                                    + JsonMapper.shared().writeValueAsString(description)
                                    + "}]}}");
            JsonNode task = tasks(scene.finished(job)).getFirst();

            assertThat(task.path("status").stringValue())
                    .as(task.toPrettyString())
                    .isEqualTo("success");
            assertThat(task.at("/child_results/0/status").stringValue()).isEqualTo("failed");
            assertThat(scene.repository().read("coppice/" + job + "/result", "mine.txt"))
                    .isEqualTo("mine\n");
        }
    }

    @Test
    void p6AJobAsDeepAsItMayBeStartsNoOther() throws Exception {
        try (Scene scene = scene("recursion: { max_depth: 0 }\n")) {
            String job = scene.submit(delegating("true") + "; echo x > x.txt");
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue()).isEqualTo("completed");
            assertThat(tasks(ended).getFirst().path("output").stringValue())
                    .contains("Maximum recursion depth (0) reached");
            assertThat(scene.repository().git("for-each-ref", "refs/coppice/attempts/" + job))
                    .as("its files were not looked at in vain")
                    .doesNotContain("base-");
            assertThat(scene.get("/api/v1/jobs?parent=" + job).json().path("total").intValue())
                    .isZero();
        }
    }

    @Test
    void jobsStartJobsDownToTheDeepestDepthAndNoFurther() throws Exception {
        try (Scene scene = scene("recursion: { max_depth: 3 }\n")) {
            // each worker starts a job whose worker does the same
            scene.repository()
                    .write(
                            "deeper.sh",
                            "sh delegate.sh '%s' || echo deep > deepest.txt\n"
                                    .formatted(Scene.order("sh deeper.sh")));
            scene.repository().commit("Know how to go deeper");

            String job =
                    scene.submitted(Scene.with(Scene.order("sh deeper.sh"), "{\"max_workers\":1}"));
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("completed");
            assertThat(scene.repository().read("coppice/" + job + "/result", "deepest.txt"))
                    .isEqualTo("deep\n");
            String deepest = job;
            for (int depth = 1; depth <= 3; depth++) {
                deepest = child(scene, deepest);
                assertThat(scene.get("/api/v1/jobs/" + deepest).json().path("depth").intValue())
                        .isEqualTo(depth);
            }
            assertThat(scene.get("/api/v1/jobs?depth=4").json().path("total").intValue()).isZero();
            assertThat(tasks(scene.finished(deepest)).getFirst().path("output").stringValue())
                    .contains("Maximum recursion depth (3) reached");
        }
    }

    @Test
    void anAgentIsGivenWhatItsJobsBroughtInItsOwnSession() throws Exception {
        try (Scene scene = scene(scripted())) {
            String description =
                    """
                    Do much.
                    ```script
                    write mine.txt
                    | mine
                    run NO_WAIT=1 %s
                    append mine.txt
                    | and more
                    ```
                    ```script when The jobs that you started have ended
                    expect task-1: completed
                    expect task-2: completed
                    run cat mine.txt one.txt two.txt > all.txt
                    ```
                    """
                            .formatted(delegating("cat mine.txt > one.txt", "echo two > two.txt"));
            String job =
                    scene.post(
                                    "/api/v1/orchestrate",
                                    "{\"plan\":{\"goal\":\"Much\",\"tasks\":[{\"agent\":\"scripted\",\"description\":"
                                            + JsonMapper.shared().writeValueAsString(description)
                                            + "}]}}")
                            .json()
                            .path("job_id")
                            .stringValue();
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("completed");
            assertThat(tasks(ended).getFirst().path("attempts").intValue()).isEqualTo(2);
            assertThat(scene.repository().read("coppice/" + job + "/result", "all.txt"))
                    .isEqualTo("mine\nand more\nmine\ntwo\n");
        }
    }

    @Test
    void whatAnAgentLeavesToItsJobsIsLookedForOnceTheyHaveEnded() throws Exception {
        try (Scene scene = scene(scripted())) {
            String description =
                    """
                    Have it done.
                    ```script
                    run NO_WAIT=1 %s
                    ```
                    ```script when The jobs that you started have ended
                    say They did it.
                    ```
                    """
                            .formatted(delegating("echo one > one.txt"));
            String job =
                    scene.post(
                                    "/api/v1/orchestrate",
                                    "{\"plan\":{\"goal\":\"Much\",\"tasks\":[{\"agent\":\"scripted\","
                                            + "\"checks\":[\"test -s one.txt\"],\"expected_files\":[\"one.txt\"],\"description\":"
                                            + JsonMapper.shared().writeValueAsString(description)
                                            + "}]}}")
                            .json()
                            .path("job_id")
                            .stringValue();
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("completed");
            assertThat(tasks(ended).getFirst().path("attempts").intValue()).isEqualTo(2);
            assertThat(ended.path("children")).hasSize(1);
        }
    }

    @Test
    void theLeadOfAJobGetsTheWordsThatTheAgentSaid() throws Exception {
        try (Scene scene = scene("")) {
            String words = "Use password=changeit2 in the fixture";
            String job = scene.submit(delegating("echo x > x.txt").replace("Do it", words));
            scene.finished(job);

            JobId child = new JobId(child(scene, job));
            Event first = scene.coppice().store().read(child, 0, 1).getFirst().event();
            assertThat(first)
                    .isInstanceOfSatisfying(
                            Event.JobSubmitted.class,
                            submitted ->
                                    assertThat(submitted.request().request()).isEqualTo(words));
            assertThat(scene.get("/api/v1/jobs/" + child).body()).doesNotContain("changeit2");
        }
    }

    @Test
    void p10AJobIsCanceledWithThoseThatItStarted() throws Exception {
        try (Scene scene = scene("")) {
            String job = scene.submit(delegating("sleep 600"));
            String child = child(scene, job);
            scene.await(child, "running"::equals);

            Scene.Answer canceled = scene.send(scene.call("/api/v1/jobs/" + job).DELETE());

            assertThat(canceled.json().path("status").stringValue()).isEqualTo("canceled");
            assertThat(scene.finished(child).path("status").stringValue()).isEqualTo("canceled");
            assertThat(scene.send(scene.call("/api/v1/jobs/" + child).DELETE()).status())
                    .isEqualTo(409);
            Scene.Answer again = scene.post("/api/v1/jobs/" + child + "/retry", "");
            assertThat(again.status()).isEqualTo(409);
            assertThat(again.body()).contains("retry job " + job);
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

    @Test
    void aJobThatDidNotDoItsPartIsToldOfInItsParentsResult() throws Exception {
        try (Scene scene = scene("")) {
            String job = scene.submit(delegating("echo x > x.txt", "exit 3"));
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue()).isEqualTo("failed");
            JsonNode task = tasks(ended).getFirst();
            assertThat(task.path("reason").stringValue()).isEqualTo("child_failed");
            assertThat(task.path("error_message").stringValue()).contains("was not completed");
            assertThat(Path.of(ended.path("results").path("final_report").stringValue()))
                    .content()
                    .contains("child_failed", child(scene, job), "1 of 2");
        }
    }

    /// Runs the very lines that its prompt tells it to, at the first depth; a curl before the real one writes down the
    /// arguments of all programs that run then.
    private String obedient() {
        return """
        prompt=$(cat)
        echo x > "$COPPICE_JOB.txt"
        case $prompt in *'start a job of your own'*) ;; *) exit 0;; esac
        here=%s
        printf %%s "$COPPICE_API_KEY" > $here/token
        export CURL=$(command -v curl) PATH=$here/bin:$PATH
        lines=$(printf '%%s\\n' "$prompt" | grep curl)
        answer=$(eval "$(printf '%%s\\n' "$lines" | head -n 1)")
        job=$(printf %%s "$answer" | sed -n 's/.*"job_id":"\\([0-9a-z]*\\)".*/\\1/p')
        eval "$(printf '%%s\\n' "$lines" | tail -n 1 | sed "s/JOB_ID/$job/")" > $here/status
        """
                .formatted(folder);
    }

    private String lookingCurl() {
        return """
        #!/bin/sh
        cat /proc/[0-9]*/cmdline 2> /dev/null | tr '\\0' '\\n' >> %s/arguments
        exec "$CURL" "$@"
        """
                .formatted(folder);
    }

    @Test
    void whatAnAgentIsToldToRunShowsItsTokenInNoArguments() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path curl = Files.writeString(bin.resolve("curl"), lookingCurl());
        assertThat(curl.toFile().setExecutable(true)).isTrue();
        Path agent = Files.writeString(folder.resolve("agent.sh"), obedient());
        String obedient = "  obedient: { command: [sh, " + agent + "] }\n";
        try (Scene scene = scene(obedient + "recursion: { max_depth: 1 }\n")) {
            String job =
                    scene.submitted(Scene.with(Scene.order("Obey"), "{\"agent\":\"obedient\"}"));
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("completed");
            assertThat(folder.resolve("status")).content().contains(child(scene, job));
            assertThat(folder.resolve("arguments"))
                    .content()
                    .contains("/api/v1/orchestrate", "/status")
                    .doesNotContain(Files.readString(folder.resolve("token")));
        }
    }

    @Test
    void whatAnAgentMayNotSayOfItsJobItIsToldAllAtOnce() throws Exception {
        try (Scene scene = scene("")) {
            String wrong =
                    Scene.with(
                            Scene.order("true"),
                            "{\"agent\":\"nosuch\",\"base\":\"main\",\"target\":\"main\",\"integrate\":\"merge\",\"checks\":[\"true\"]}");
            String job = scene.submit("sh delegate.sh '" + wrong + "'; echo x > x.txt");
            JsonNode ended = scene.finished(job);

            assertThat(tasks(ended).getFirst().path("output").stringValue())
                    .contains(
                            "config.agent",
                            "config.base",
                            "config.checks",
                            "config.integrate",
                            "config.target");
            assertThat(scene.get("/api/v1/jobs?parent=" + job).json().path("total").intValue())
                    .isZero();
        }
    }

    @Test
    void aJobWhoseAgentCantBeUsedIsRefusedToTheAgentWithItsCause() throws Exception {
        try (Scene scene = scene("  absent: { command: [no-such-program] }\n")) {
            String ofAll = Scene.with(Scene.order("true"), "{\"agent\":\"absent\"}");
            String ofOne =
                    "{\"plan\":{\"goal\":\"Much\",\"tasks\":[{\"agent\":\"absent\",\"description\":\"true\"}]}}";
            String job =
                    scene.submit(
                            "sh delegate.sh '%s'; sh delegate.sh '%s'; echo x > x.txt"
                                    .formatted(ofAll, ofOne));
            JsonNode ended = scene.finished(job);

            assertThat(ended.path("status").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("completed");
            assertThat(
                            tasks(ended)
                                    .getFirst()
                                    .path("output")
                                    .stringValue()
                                    .split("no-such-program can't be used", -1))
                    .as("both are told")
                    .hasSizeGreaterThan(2);
            assertThat(scene.post("/api/v1/orchestrate", ofAll).status())
                    .as("as to a person")
                    .isEqualTo(409);
            assertThat(scene.get("/api/v1/jobs?parent=" + job).json().path("total").intValue())
                    .isZero();
        }
    }

    @Test
    void onlyAnAgentThatIsAskedAgainIsToldSo() throws Exception {
        String listener = "  listener: { command: [sh, -c, 'cat > told.txt'] }\n";
        try (Scene scene = scene(scripted() + listener)) {
            String job =
                    scene.submitted(
                            "{\"plan\":{\"goal\":\"Much\",\"tasks\":[{\"agent\":\"listener\",\"description\":\"Listen\"},"
                                    + "{\"agent\":\"scripted\",\"description\":\"Rest\",\"expects\":\"any\"}]}}");
            Path root =
                    Path.of(scene.finished(job).at("/results/workspace").stringValue())
                            .resolve("depth_0");

            assertThat(root.resolve("worker_1/attempt_1/prompt.md"))
                    .content()
                    .contains("nobody asks you again")
                    .doesNotContain("asked once more");
            assertThat(root.resolve("worker_2/attempt_1/prompt.md"))
                    .content()
                    .contains("you are asked once more")
                    .doesNotContain("nobody asks you again");
        }
    }

    @Test
    void aJobIsGivenTheVeryWordsOfItsAgentAndShowsNoSecretOfThem() throws Exception {
        try (Scene scene = scene(scripted())) {
            String words = "Use password=changeit2 in the fixture";
            String child =
                    "{\"request\":\"%s\",\"plan\":{\"tasks\":[{\"description\":\"true\"}]}}"
                            .formatted(words);
            String job = scene.submit("sh delegate.sh '" + child + "'; echo x > x.txt");
            scene.finished(job);

            JobId id = JobId.parse(child(scene, job)).orElseThrow();
            assertThat(scene.get("/api/v1/jobs/" + id).json().path("request").stringValue())
                    .isEqualTo("Use password=*** in the fixture");
            assertThat(scene.coppice().engine().state(id).orElseThrow().request().request())
                    .isEqualTo(words);
        }
    }

    @Test
    void aWorkerComesNoFurtherThanItsOwnJobs() throws Exception {
        try (Scene scene = scene("")) {
            String others = scene.submit("echo x > x.txt");
            scene.finished(others);
            String get =
                    "printf 'X-API-Key: %s\\n' $COPPICE_API_KEY | curl -s -o /dev/null -w '%{http_code} ' -H @- $COPPICE_API_URL";
            String job =
                    scene.submit(
                            get
                                    + "/api/v1/jobs/$COPPICE_JOB/status;"
                                    + get
                                    + "/api/v1/jobs/"
                                    + others
                                    + "/status;"
                                    + get
                                    + "/api/v1/jobs;"
                                    + get
                                    + "/metrics;"
                                    + get
                                    + "/api/v1/jobs/$COPPICE_JOB -X DELETE;"
                                    + "printf %s $COPPICE_API_KEY > \"$COPPICE_ROOT_PATH/../token\"");
            JsonNode ended = scene.finished(job);

            assertThat(tasks(ended).getFirst().path("output").stringValue())
                    .startsWith("200 403 403 403 403");
            String token = Files.readString(folder.resolve("token"));
            assertThat(
                            scene.send(
                                            scene.keyless("/api/v1/jobs/" + job)
                                                    .header("X-API-Key", token))
                                    .status())
                    .as("the token ends with its attempt")
                    .isEqualTo(401);
        }
    }
}
