package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.house.cli.Program.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What comes after a job: the merge, the audit, what is left over, and the way to get rid of it all.
class HousekeepingTest {
    private static final String ONE_FILE = "tasks: [{id: a, description: echo one > a.txt}]";

    @TempDir Path folder;
    private Scene scene;

    @BeforeEach
    void prepare() throws IOException {
        scene = Scene.in(folder);
    }

    @Test
    void aMergeIsToldByTheReportAndTheEvents() throws Exception {
        // given
        String job = Scene.job(scene.runPlan(ONE_FILE));
        assertThat(scene.run("report", job).out()).contains("coppice merge " + job);

        // when
        Result merged = scene.run("merge", job);

        // then
        assertThat(merged.code()).as(merged.err()).isZero();
        assertThat(merged.out()).startsWith("merged into trunk as ");
        assertThat(scene.run("report", job).out())
                .contains("Merged into trunk as " + scene.repository().head().substring(0, 8))
                .doesNotContain("coppice merge");
        assertThat(scene.run("events", job).out().lines().toList().getLast())
                .contains("\"type\":\"result_merged\"");
        assertThat(scene.run("verify", job).code()).isZero();
    }

    @Test
    void anEventOrABranchThatWasTamperedWithIsNamed() throws Exception {
        String job = Scene.job(scene.runPlan(ONE_FILE));
        assertThat(scene.run("verify", job).out()).contains("2 commits with 1 changed file");

        String branch = "coppice/" + job + "/1-a";
        String work = scene.repository().git("rev-parse", branch);
        scene.repository().git("branch", "--force", branch, "HEAD");
        Result moved = scene.run("verify", job);
        assertThat(moved.code()).isEqualTo(1);
        assertThat(moved.out()).contains("branch " + branch).contains(work);

        rewrite(job, 1);
        Result changed = scene.run("verify", job, "--json");
        assertThat(changed.code()).isEqualTo(1);
        assertThat(changed.out()).startsWith("{\"verified\":false,\"sequence\":1,");
    }

    private void rewrite(String job, int sequence) throws Exception {
        Path store = scene.repository().path().resolve(".git/coppice/coppice.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store);
                PreparedStatement update =
                        connection.prepareStatement(
                                "update event set json = replace(json, 'one', 'two')"
                                        + " where job = ? and sequence = ?")) {
            update.setString(1, job);
            update.setInt(2, sequence);
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }

    @Test
    void cleaningEverythingIsNotDoneUnasked() throws Exception {
        // given
        String job =
                Scene.job(scene.runPlan("tasks: [{id: a, description: exit 3, max_retries: 0}]"));
        Path root = scene.repository().path().resolve(".coppice/workspace/job_" + job);
        Path worktree = root.resolve("depth_0/worker_1/worktree");
        assertThat(worktree).isDirectory();

        // when
        Result unasked = scene.run("clean", "--all");

        // then
        assertThat(unasked.code()).isEqualTo(2);
        assertThat(unasked.err()).contains("--all --yes");
        assertThat(worktree).isDirectory();
    }

    @Test
    void cleaningEverythingNamesWhatIsLeftToDelete() throws Exception {
        // given
        String job = Scene.job(scene.runPlan(ONE_FILE));
        assertThat(scene.run("merge", job).code()).isZero();

        // when
        Result cleaned = scene.run("clean", "--all", "--yes");

        // then
        assertThat(cleaned.code()).as(cleaned.err()).isZero();
        assertThat(cleaned.out()).contains("removed branch coppice/" + job + "/1-a");
        List<String> commands =
                cleaned.out().lines().filter(line -> line.startsWith("rm -r ")).toList();
        assertThat(commands).anyMatch(line -> line.contains("/.coppice'"));
        assertThat(commands).anyMatch(line -> line.contains("/.git/coppice'"));

        // when these are typed, but for the one that removes the program under test
        String script =
                cleaned.out()
                        .lines()
                        .filter(line -> line.startsWith("rm -r ") || line.startsWith("git "))
                        .filter(line -> !line.endsWith("# the program itself"))
                        .reduce("set -e\n", (all, line) -> all + line + "\n");
        assertThat(scene.program().shell(scene.repository().path(), script).code()).isZero();

        // then there is nothing of it but the user's own
        assertThat(scene.repository().git("for-each-ref", "--format=%(refname)"))
                .isEqualTo("refs/heads/trunk");
        assertThat(scene.repository().git("worktree", "list").lines()).hasSize(1);
        try (Stream<Path> left = Files.list(scene.repository().path())) {
            assertThat(left.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            ".git", "README.md", "a.txt", "coppice.yaml", "plan.yaml");
        }
    }

    @Test
    void theDoctorShowsProcessesThatNobodyDrivesAndHowToEndThem() throws Exception {
        // given an orchestrator that was killed
        Path begun = folder.resolve("begun");
        Process running =
                scene.startPlan(
                        "tasks: [{id: a, description: 'touch \"%s\"; exec sleep 600'}]"
                                .formatted(begun));
        Scene.await(() -> Files.exists(begun));
        running.destroyForcibly().waitFor();
        String job = Scene.job(scene.program().ended(running));

        // when
        String found = scene.run("doctor").out();

        // then
        assertThat(found).contains("coppice resume " + job);
        String kill = found.substring(found.indexOf("kill ")).lines().findFirst().orElseThrow();
        assertThat(scene.program().shell(folder, kill).code()).isZero();
        scene.program().awaitSilence();
        assertThat(scene.run("doctor").out()).doesNotContain("kill ");
    }

    @Test
    void theDoctorTellsOfADiskThatHasNotTheRoomForTheWorktrees() throws Exception {
        // given many workers, and a commit whose files are more than any disk holds: ten million
        // bytes under many names
        scene.configure("workers: { max_workers: 64 }\n");
        String tree =
                scene.program()
                        .shell(
                                scene.repository().path(),
                                """
                                blob=$(head -c 10000000 /dev/zero | git hash-object -w --stdin) &&
                                seq 20000 | sed "s/.*/100644 blob $blob\t&/" | git mktree
                                """)
                        .out()
                        .strip();
        String commit = scene.repository().git("commit-tree", "-m", "Big", tree);
        scene.repository().git("update-ref", "HEAD", commit);

        assertThat(scene.run("doctor").out())
                .containsPattern("! +disk .*worktrees may take 11.6 TiB: make room, or lower");
    }

    @Test
    void installingLinksTheLauncherAndTouchesNothingElse() throws Exception {
        // given
        Path link = folder.resolve("program/home/.local/bin/coppice");

        // when
        Result installed = scene.run("install");
        Result again = scene.run("install");

        // then
        assertThat(installed.code()).as(installed.err()).isZero();
        assertThat(installed.err()).contains("is not on your PATH yet");
        assertThat(again.code()).isZero();
        assertThat(scene.run("install", "--json").out())
                .startsWith("{\"link\":\"" + link)
                .endsWith(",\"on_path\":false}\n");
        assertThat(link.toRealPath()).isEqualTo(folder.resolve("program/coppice").toRealPath());

        // when something else is there
        Files.delete(link);
        Files.writeString(link, "the user's own");
        assertThat(scene.run("install").code()).isEqualTo(2);
        assertThat(link).hasContent("the user's own");
    }
}
