package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.house.cli.Program.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.ObjectMapper;

/// Looks at jobs: they end with zero whatever the state of the job is, and drive nothing.
class LooksTest {
    private static final String UNDONE =
            """
            tasks:
              - {id: a, description: exit 3, max_retries: 0}
              - {id: b, description: echo one > b.txt, dependencies: [a]}
            """;

    @TempDir Path folder;
    private Scene scene;

    @BeforeEach
    void prepare() throws IOException {
        scene = Scene.in(folder);
    }

    @Test
    void whatIsNotThereIsSaidAndIsNoFailure() throws Exception {
        String job = Scene.job(scene.runPlan(UNDONE));
        Files.delete(scene.folderOf(job).resolve("reports/report.html"));

        assertSaid(scene.run("diff", job, "a"), "a has no commit, so there is nothing to compare");
        assertSaid(scene.run("diff", job), "has no commit");
        assertSaid(scene.run("report", job, "--html"), "there is no page any more");
        assertThat(scene.run("diff", job, "b", "--json").out())
                .isEqualTo("{\"from\":null,\"to\":null,\"files\":[],\"patch\":\"\"}\n");
    }

    @Test
    void looksThatFollowEndWhereNobodyDrivesTheJob() throws Exception {
        // given
        Path begun = folder.resolve("begun");
        Process driving =
                scene.startPlan(
                        "tasks: [{id: a, description: 'echo printed; touch \"%s\"; exec sleep 600'}]"
                                .formatted(begun));
        Scene.await(() -> Files.exists(begun));
        String job = scene.jobOfRun();
        Scene second = scene.second();
        Process looking = second.start("events", job, "-f");
        Scene.await(() -> second.program().printed("out").contains("attempt_started"));

        // when
        driving.destroyForcibly().waitFor();

        // then
        String interrupted = "interrupted, continue with: coppice resume " + job;
        assertSaidAtLast(second.program().ended(looking), interrupted);
        Result logs = second.run("logs", job, "a", "-f");
        assertSaidAtLast(logs, interrupted);
        assertThat(logs.out()).isEqualTo("printed\n");
        assertSaidAtLast(second.run("logs", job, "-f"), interrupted);
        assertThat(second.run("watch", job).out()).contains(interrupted);
        assertThat(second.run("watch", job, "--json").out()).contains("\"interrupted\" : true");
        scene.program()
                .processesWith("COPPICE_JOB=" + job)
                .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        scene.program().awaitSilence();
    }

    private static void assertSaidAtLast(Result look, String said) {
        assertThat(look.code()).as(look.err()).isZero();
        assertThat(look.err()).isEqualTo("coppice: " + said + "\n");
    }

    @Test
    void theLogOfATaskGoesOnWithItsAttemptsAndRoundsAndKeepsSecretsWhole() throws Exception {
        // given a task that is not attempted yet, then fails, and succeeds at its second attempt
        Path gate = folder.resolve("gate");
        Process driving =
                scene.startPlan(
                        """
                        tasks:
                          - {id: a, description: 'while ! test -e "%s"; do sleep 0.1; done', expects: any}
                          - id: b
                            dependencies: [a]
                            expects: any
                            max_retries: 1
                            description: |
                              echo "attempt $COPPICE_ATTEMPT é"
                              printf 'sk-0123456789'; sleep 0.3; echo 'abcdef0123'
                              test $COPPICE_ATTEMPT = 2
                        """
                                .formatted(gate));
        String job = scene.jobOfRun();
        Scene second = scene.second();
        Result before = second.run("logs", job, "b", "--json");
        assertThat(before.out()).isEqualTo("{\"task\":\"b\",\"lines\":[]}\n");
        assertSaidAtLast(before, "b was not attempted yet");
        Process looking = second.start("logs", job, "b", "-f", "--json");

        Scene.await(() -> second.program().printed("err").contains("not attempted yet"));

        // when
        Files.createFile(gate);

        // then
        Result looked = second.program().ended(looking);
        assertThat(looked.code()).as(looked.err()).isZero();
        assertThat(looked.out())
                .isEqualTo(
                        """
                        {"attempt":1,"round":0,"text":"attempt 1 é"}
                        {"attempt":1,"round":0,"text":"***"}
                        {"attempt":2,"round":0,"text":"attempt 2 é"}
                        {"attempt":2,"round":0,"text":"***"}
                        """);
        assertThat(scene.program().ended(driving).code()).isZero();
        assertThat(scene.run("logs", job, "b").out()).isEqualTo("attempt 2 é\n***\n");
        assertThat(scene.run("logs", job, "b", "--json").out())
                .isEqualTo(
                        "{\"task\":\"b\",\"lines\":[{\"attempt\":2,\"round\":0,\"text\":\"attempt 2 é\"},"
                                + "{\"attempt\":2,\"round\":0,\"text\":\"***\"}]}\n");
        assertThat(scene.run("logs", job).out())
                .isEqualTo(Files.readString(scene.folderOf(job).resolve("logs/orchestrator.log")));
        assertThat(new ObjectMapper().readTree(scene.run("logs", job, "--json").out()).path("log"))
                .hasSameSizeAs(
                        Files.readAllLines(scene.folderOf(job).resolve("logs/orchestrator.jsonl")));
    }

    @Test
    void withoutARepositoryThereIsNothingToCompareEither() throws Exception {
        Path plain = scene.folderWithoutRepository();
        String job = Scene.job(scene.program().run(plain, "run", "--plan", "plan.yaml"));

        assertSaid(scene.program().run(plain, "diff", job), "has no commit");
        assertSaid(scene.program().run(plain, "diff", job, "a"), "a has no commit");
    }

    @Test
    void aWordThatBeginsWithAnAtSignIsNoFileOfArguments() throws Exception {
        scene.configure(
                """
                agents:
                  default: script
                  lead: planner
                  script: { command: [bash], stdin: description }
                  planner: { command: [echo, '{"goal": "g", "tasks": [{"id": "a", "description": "echo 1 > a.txt"}]}'] }
                """);
        scene.repository().write("plan", "words of a file");
        String job = Scene.job(scene.run("run", "@@plan"));

        Result logs = scene.run("logs", job, "@plan");

        assertThat(logs.code()).as(logs.err()).isZero();
        assertThat(logs.out()).contains("\"goal\": \"g\"");
        assertThat(scene.run("status").out()).endsWith("  @@plan\n");
    }

    @Test
    void theListOfJobsIsNoWiderThanTheScreen() throws Exception {
        String goal = "very ".repeat(40) + "long";
        scene.runPlan("{goal: %s, tasks: [{id: a, description: echo 1 > a.txt}]}".formatted(goal));

        assertThat(scene.run("status").out()).endsWith("…\n").hasSize(101);
        assertThat(scene.with("COLUMNS", "80").run("status").out()).endsWith("…\n").hasSize(81);
        assertThat(scene.run("status", "--json").out()).contains(goal);
    }

    private static void assertSaid(Result look, String said) {
        assertThat(look.code()).as(look.err()).isZero();
        assertThat(look.out()).isEmpty();
        assertThat(look.err()).contains(said).hasLineCount(1);
    }
}
