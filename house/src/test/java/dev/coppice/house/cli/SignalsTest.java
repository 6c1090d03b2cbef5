package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.house.cli.Program.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What Ctrl-C, a closed terminal and a polite end do to `run`.
class SignalsTest {
    @TempDir Path folder;
    private Scene scene;

    @BeforeEach
    void prepare() throws IOException {
        scene = Scene.in(folder);
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
    void oneSignalLaysTheJobDownAndResumeFinishesIt(String signal, int code) throws Exception {
        // given
        Path gate = folder.resolve("gate");
        Path begun = folder.resolve("begun");
        Process running =
                scene.startPlan(
                        "tasks: [{id: a, description: 'echo half > half.txt; touch \"%s\"; while ! test -e \"%s\"; do sleep 0.1; done; echo one > a.txt'}]"
                                .formatted(begun, gate));
        Scene.await(() -> Files.exists(begun));

        // when
        send(signal, running);
        Result stopped = scene.program().ended(running);

        // then
        String job = Scene.job(stopped);
        assertThat(stopped.code()).as(stopped.err()).isEqualTo(code);
        assertThat(stopped.err()).contains("coppice resume " + job);
        assertThat(scene.run("status", job).out()).contains("interrupted");
        Files.createFile(gate);
        Result resumed = scene.run("resume", job);
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(scene.run("verify", job).code()).isZero();
        assertThat(scene.repository().read("coppice/" + job + "/result", "a.txt"))
                .isEqualTo("one\n");
        // The work of the agent that was stopped is in the result, or kept beside it.
        assertThat(List.of(scene.run("rescue", job).out(), scene.run("diff", job).out()))
                .anySatisfy(text -> assertThat(text).containsAnyOf("half.txt", "refs/coppice/"));
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aSecondSignalEndsAgentsThatTakeTheirTime() throws Exception {
        // given an agent that is deaf to SIGTERM, and a user who would be patient with it for an
        // hour
        scene.configure(Scene.CONFIGURATION + "workers: { stop_grace: 1h, default_timeout: 2h }\n");
        Path begun = folder.resolve("begun");
        Process running =
                scene.startPlan(
                        "tasks: [{id: a, description: 'trap \"\" TERM; touch \"%s\"; while :; do sleep 1; done'}]"
                                .formatted(begun));
        Scene.await(() -> Files.exists(begun));

        // when
        send("INT", running);
        Scene.await(() -> scene.program().printed("err").contains("stopping"));
        send("INT", running);
        Result ended = scene.program().ended(running);

        // then
        assertThat(ended.code()).as(ended.err()).isEqualTo(130);
        String mark = "COPPICE_JOB=" + Scene.job(ended);
        Scene.await(() -> scene.program().processesWith(mark).isEmpty());
        scene.program().awaitSilence();
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
    void aSignalEndsThePlanningAndTheLeadWithIt(String signal, int code) throws Exception {
        // given
        Process planning = startPlanning();

        // when
        send(signal, planning);
        Result ended = scene.program().ended(planning);

        // then
        assertThat(ended.code()).as(ended.err()).isEqualTo(code);
        assertThat(ended.err()).contains("stopping: the lead is asked to end");
        assertThat(leads()).isEmpty();
        assertThat(scene.jobFolders()).isEmpty();
    }

    @Test
    void theDoctorFindsTheLeadThatAKilledPlanningLeft() throws Exception {
        // given
        Process planning = startPlanning();
        planning.destroyForcibly().waitFor();

        // when
        String found = scene.run("doctor").out();

        // then
        assertThat(found).contains("of a lead");
        String kill = found.substring(found.indexOf("kill ")).lines().findFirst().orElseThrow();
        assertThat(scene.program().shell(folder, kill).code()).isZero();
        scene.program().awaitSilence();
    }

    /// Returns once the lead is at work, which it does not end.
    private Process startPlanning() throws IOException {
        Path begun = folder.resolve("begun");
        scene.configure(
                """
                agents:
                  default: planner
                  lead: planner
                  planner: { command: [bash, -c, 'touch "%s"; while :; do sleep 1; done'] }
                """
                        .formatted(begun));
        Process planning = scene.program().start(scene.repository().path(), "plan", "do it");
        Scene.await(() -> Files.exists(begun));
        assertThat(leads()).isNotEmpty();
        return planning;
    }

    /// The processes of leads of this repository, and of no other on the machine.
    private List<Long> leads() throws IOException {
        Path root = scene.repository().path().toRealPath();
        return scene.program().processesWith("COPPICE_ROOT_PATH=" + root);
    }

    @Test
    void whoComesToAJobThatIsDrivenFollowsItAndLeavesItsLogsAlone() throws Exception {
        // given a job of which one task failed and another one runs
        Path mended = folder.resolve("mended");
        Path gate = folder.resolve("gate");
        Process driving =
                scene.startPlan(
                        """
                        tasks:
                          - {id: a, description: 'test -e "%s"', expects: any, max_retries: 0}
                          - {id: b, description: 'while ! test -e "%s"; do sleep 0.1; done', expects: any}
                        """
                                .formatted(mended, gate));
        Scene.await(() -> scene.program().printed("out").contains("worker_1 a: failed"));
        String job = scene.jobOfRun();
        Scene second = scene.second();

        // when a second process looks on, and is interrupted
        Process looking = second.start("resume", job);
        Scene.await(() -> second.program().printed("out").contains("worker_2 b"));
        send("INT", looking);

        // then nothing happened to the job
        assertThat(second.program().ended(looking).code()).isEqualTo(130);
        assertThat(driving.isAlive()).isTrue();

        // when a second process asks for another try
        Files.createFile(mended);
        Process retrying = second.start("retry", job, "a");
        Scene.await(() -> second.program().printed("out").contains("a: attempt 2 by"));
        Files.createFile(gate);
        Result retried = second.program().ended(retrying);

        // then it ends as the one that drives
        assertThat(retried.code()).as(retried.err()).isZero();
        assertThat(retried.err()).contains("process " + driving.pid() + " drives it");
        assertThat(retried.out()).contains("job " + job + "  completed");
        assertThat(scene.program().ended(driving).code()).isZero();
        assertThat(Files.readAllLines(scene.folderOf(job).resolve("logs/orchestrator.jsonl")))
                .doesNotHaveDuplicates()
                .last()
                .asString()
                .contains("job_ended");
    }

    private static void send(String signal, Process to) throws IOException, InterruptedException {
        assertThat(
                        new ProcessBuilder("kill", "-" + signal, Long.toString(to.pid()))
                                .start()
                                .waitFor())
                .isZero();
    }
}
