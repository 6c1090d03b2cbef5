package dev.coppice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Reason;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.report.JobView;
import dev.coppice.report.TaskView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What counts as done is what is there, whatever an agent says and whatever its program's exit code.
class EvidenceTest {
    @TempDir Path folder;

    @Test
    void aTaskWithoutItsEvidenceIsNotDone() throws Exception {
        Scene scene = new Scene(folder, 3, "workers: { max_retries: 0 }\n");

        JobView job =
                scene.run(
                        """
                        goal: Say that all is done
                        tasks:
                          - id: idle
                            description: echo All is done.
                            expects: changes
                          - id: silent
                            description: echo a > a.txt
                            expects: report
                          - id: elsewhere
                            description: echo b > b.txt
                            expected_files: ["src/*.java"]
                          - id: nest
                            description: git init -q inner && echo c > inner/c.txt
                          - id: broken
                            description: echo d > d.txt
                            checks: ["test -e e.txt"]
                        """);

        assertThat(job.tasks()).allMatch(t -> t.status() == TaskStatus.FAILED);
        assertThat(reason(job, "idle")).isEqualTo(Reason.NO_CHANGES);
        assertThat(reason(job, "silent")).isEqualTo(Reason.NO_REPORT);
        assertThat(reason(job, "elsewhere")).isEqualTo(Reason.MISSING_FILES);
        assertThat(reason(job, "nest")).isEqualTo(Reason.NESTED_REPOSITORY);
        assertThat(reason(job, "broken")).isEqualTo(Reason.CHECK_FAILED);
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.resultBranch()).isEmpty();
    }

    @Test
    void whatAnAgentWasNotAllowedToDoIsSaidWhereSomethingIsMissing() throws Exception {
        Path claude = folder.resolve("claude");
        Files.writeString(
                claude,
                """
                #!/bin/sh
                [ "$1" = --version ] && echo '2.1.329 (Claude Code)' && exit
                echo '{"type":"result","subtype":"success","is_error":false,"result":"I could not","session_id":"s","usage":{},"permission_denials":[{"tool_name":"Bash","tool_input":{"command":"npm test"}}]}'
                """);
        assertThat(claude.toFile().setExecutable(true)).isTrue();
        Scene scene =
                new Scene(
                        folder,
                        1,
                        "workers: { max_retries: 0 }\norchestrator: { claude_command: '%s' }\n"
                                .formatted(claude));

        JobView job =
                scene.run("goal: Ask\ntasks: [{ id: a, description: Test it, agent: claude }]\n");

        assertThat(job.task(new TaskId("a")).orElseThrow().message())
                .contains("without changing any file", "not allowed to use: Bash: npm test");
    }

    @Test
    void anAgentWithoutSessionsIsNotAskedToMendAFailingCheck() throws Exception {
        Path runs = folder.resolve("runs");
        Scene scene = new Scene(folder, 3, "workers: { max_retries: 0, max_fix_rounds: 2 }\n");

        JobView job =
                scene.run(
                        """
                        goal: Fail a check
                        tasks:
                          - id: a
                            description: echo run >> "%s"; echo a > a.txt
                            checks: ["false"]
                        """
                                .formatted(runs));

        assertThat(reason(job, "a")).isEqualTo(Reason.CHECK_FAILED);
        assertThat(Files.readAllLines(runs)).hasSize(1);
    }

    @Test
    void aFailingCheckGoesBackToTheAgentsSession() throws Exception {
        Scene scene = new Scene(folder, 3, "workers: { max_retries: 0, max_fix_rounds: 1 }\n");
        scene.script(
                """
                ```script when wanted by the check
                write mended.txt
                | mended
                ```
                ```script
                write a.txt
                | a
                ```
                """);

        JobView job =
                scene.run(
                        """
                        goal: Mend
                        tasks:
                          - id: a
                            agent: scripted
                            description: Write a file.
                            checks: ["test -e mended.txt || { echo wanted by the check; exit 1; }"]
                        """);

        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        assertThat(task(job, "a").attempts()).hasSize(1);
        assertThat(scene.repository().read(job.resultBranch().orElseThrow(), "mended.txt"))
                .isEqualTo("mended\n");
    }

    @Test
    void aJoinedTreeOnWhichACheckFailsIsMendedByTheLead() throws Exception {
        Scene scene =
                new Scene(
                        folder,
                        3,
                        """
                        checks: ["test ! -e a.txt || test ! -e b.txt || test -e both.txt"]
                        workers: { max_retries: 0, max_fix_rounds: 1 }
                        """);
        scene.script(
                """
                ```script
                write both.txt
                | a and b
                ```
                """);

        JobView job =
                scene.run(
                        """
                        goal: Write two files that need a third
                        tasks:
                          - id: a
                            description: echo a > a.txt
                          - id: b
                            description: echo b > b.txt
                        """);

        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        assertThat(scene.repository().read(job.resultBranch().orElseThrow(), "both.txt"))
                .isEqualTo("a and b\n");
    }

    @Test
    void aChangeToTheUsersCheckoutIsToldOnceAJob() throws Exception {
        Scene scene = new Scene(folder, 3, "workers: { max_workers: 1 }\n");
        try (Coppice coppice = scene.open()) {
            JobId job =
                    scene.submit(
                            coppice,
                            """
                            goal: Leave the worktree
                            tasks:
                              - id: a
                                description: echo a > a.txt; echo mine > "$COPPICE_ROOT_PATH/coppice.yaml"
                              - id: b
                                description: echo b > b.txt
                            """);
            coppice.await(job);

            List<Event> told =
                    coppice.log().read(job, 0, 1_000).stream()
                            .<Event>map(recorded -> recorded.event())
                            .filter(Event.CheckoutChanged.class::isInstance)
                            .toList();
            assertThat(told).containsExactly(new Event.CheckoutChanged(List.of("coppice.yaml")));
        }
    }

    private static Reason reason(JobView job, String task) {
        return task(job, task).reason().orElseThrow();
    }

    private static TaskView task(JobView job, String id) {
        return job.task(new TaskId(id)).orElseThrow();
    }
}
