package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.house.cli.Program.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// The tasks of one job, worked from several terminals, each a process of its own.
class QueueTest {
    private static final int TERMINALS = 4;

    @TempDir Path folder;
    private Scene scene;

    @BeforeEach
    void prepare() throws IOException {
        scene = Scene.in(folder);
    }

    private String queue(String plan) throws Exception {
        scene.plan(plan);
        Result left = scene.run("run", "--plan", "plan.yaml", "--queue");
        assertThat(left.code()).as(left.err()).isZero();
        return left.out().strip();
    }

    private static JsonNode json(Result result) {
        return new ObjectMapper().readTree(result.out());
    }

    @Test
    void terminalsThatClaimAtOnceGetDifferentTasksAndFinishTheJob() throws Exception {
        // given
        String job =
                queue(
                        "tasks: [{description: a}, {description: b}, {description: c}, {description: d}]");
        Result before = scene.run("status", job);
        assertThat(before.out())
                .contains("running", "coppice claim --job " + job)
                .doesNotContain("interrupted");

        // when
        List<Program> terminals = new ArrayList<>();
        List<Process> claims = new ArrayList<>();
        for (int i = 0; i < TERMINALS; i++) {
            Program terminal = Program.in(Files.createDirectories(folder.resolve("terminal " + i)));
            terminals.add(terminal);
            claims.add(
                    terminal.start(
                            scene.repository().path(),
                            "claim",
                            "--job",
                            job,
                            "--as",
                            "terminal-" + i,
                            "--json"));
        }
        List<String> tasks = new ArrayList<>();
        for (int i = 0; i < TERMINALS; i++) {
            Result claimed = terminals.get(i).ended(claims.get(i));
            assertThat(claimed.code()).as(claimed.err()).isZero();
            tasks.add(json(claimed).at("/task/id").asString());
        }

        // then
        assertThat(tasks).doesNotHaveDuplicates();
        assertThat(scene.run("claim", "--job", job, "--as", "late").code()).isEqualTo(1);
        for (int i = 0; i < TERMINALS; i++) {
            Result done =
                    scene.run(
                            "complete",
                            tasks.get(i),
                            "--job",
                            job,
                            "--as",
                            "terminal-" + i,
                            "--output",
                            "did it",
                            "--created",
                            "made-" + i + ".txt");
            assertThat(done.code()).as(done.err()).isZero();
        }
        JsonNode status = json(scene.run("status", job, "--json"));
        assertThat(status.get("status").asString()).isEqualTo("completed");
        assertThat(status.at("/results/tasks/0/output").asString()).isEqualTo("did it");
        assertThat(scene.run("report", job).out()).contains("4 of 4");
        assertThat(scene.run("verify", job).code()).isZero();
        Result after = scene.run("claim", "--job", job, "--as", "late", "--json");
        assertThat(json(after).get("task").isNull()).isTrue();
        assertThat(json(after).get("job_status").asString()).isEqualTo("completed");
    }

    @Test
    void aStaleClaimIsTakenBack() throws Exception {
        // given
        scene.configure(Scene.CONFIGURATION + "workers: { default_timeout: 1 }\n");
        String job = queue("tasks: [{id: a, description: x}]");
        assertThat(scene.run("claim", "--job", job, "--as", "ann").out())
                .contains("task a", "heartbeat");

        // when
        Scene.await(() -> claims(job, "bob"));

        // then
        Result late = scene.run("complete", "a", "--job", job, "--as", "ann");
        assertThat(late.code()).isEqualTo(1);
        assertThat(late.err()).contains("ann does not have it");
    }

    private boolean claims(String job, String name) throws IOException {
        try {
            return scene.run("claim", "--job", job, "--as", name).code() == 0;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatFailsBlocksWhatDependsOnIt() throws Exception {
        String job =
                queue(
                        "tasks: [{id: a, description: x}, {id: b, description: y, dependencies: [a]}]");
        scene.run("claim", "a", "--job", job, "--as", "ann");
        assertThat(scene.run("heartbeat", "a", "--job", job, "--as", "ann").code()).isZero();

        Result failed = scene.run("fail", "a", "--job", job, "--as", "ann", "--error", "no way");

        assertThat(failed.code()).isZero();
        assertThat(scene.run("status", job).out()).contains("no way", "blocked", "failed");
    }

    @Test
    void aFindingReachesWhoeverClaimsLater() throws Exception {
        String job =
                queue(
                        "tasks: [{id: a, description: x}, {id: b, description: y, hints: carefully}]");
        scene.run("claim", "a", "--job", job, "--as", "ann");

        Result shared =
                scene.with("COPPICE_JOB", job)
                        .with("COPPICE_TASK", "a")
                        .run("discover", "two doors", "--tag", "house", "--tag", "door", "--json");

        assertThat(shared.code()).as(shared.err()).isZero();
        JsonNode claimed = json(scene.run("claim", "--as", "bob", "--json"));
        assertThat(claimed.at("/discoveries/0/content").asString()).isEqualTo("two doors");
        assertThat(claimed.at("/discoveries/0/tags/1").asString()).isEqualTo("door");
        assertThat(claimed.at("/task/hints").asString()).isEqualTo("carefully");
        assertThat(claimed.get("claimed_by").asString()).isEqualTo("bob");
    }

    @Test
    void anAgentOfOursSharesAFindingFromItsWorktree() throws Exception {
        Path program = folder.resolve("program/coppice");

        Result run =
                scene.runPlan(
                        "tasks: [{id: a, description: \"'%s' discover 'two doors' --tag house\"}]"
                                .formatted(program));

        assertThat(scene.run("events", Scene.job(run)).out()).contains("two doors");
    }

    @Test
    void whatIsWrongIsToldWithItsExitCode() throws Exception {
        String job = queue("tasks: [{id: a, description: x}]");
        assertThat(scene.run("claim", "--job", "000000000000", "--as", "ann").code()).isEqualTo(3);
        assertThat(scene.run("claim", "zzz", "--job", job, "--as", "ann").code()).isEqualTo(3);
        assertThat(scene.run("claim", "--job", job).code()).isEqualTo(2);
        assertThat(scene.run("claim", "--as", "ann").err()).contains("--job");
        assertThat(scene.run("heartbeat", "a", "--job", job, "--as", "bob").code()).isEqualTo(3);
        assertThat(scene.run("discover", "x", "--job", job, "--task", "a").code()).isEqualTo(1);
        assertThat(scene.run("claim", "a", "--job", job, "--as", "ann").code()).isZero();
        Result taken = scene.run("claim", "a", "--job", job, "--as", "bob");
        assertThat(taken.code()).isEqualTo(1);
        assertThat(taken.err()).contains("running, by ann");
        assertThat(scene.run("run", "do it", "--queue").err()).contains("--plan");
    }
}
