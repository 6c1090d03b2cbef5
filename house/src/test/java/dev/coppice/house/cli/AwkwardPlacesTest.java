package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.house.cli.Program.Result;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Repositories, checkouts, names and agents that are not as one would wish.
class AwkwardPlacesTest {
    private static final String ONE_FILE = "tasks: [{id: a, description: echo one > a.txt}]";

    @TempDir Path folder;
    private Scene scene;
    private ScratchRepository repository;

    @BeforeEach
    void prepare() throws IOException {
        scene = Scene.in(folder);
        repository = scene.repository();
    }

    @Test
    void onADetachedHeadTheResultWaitsOnItsBranch() throws Exception {
        repository.git("checkout", "--quiet", "--detach");

        Result run = scene.runPlan(ONE_FILE);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).contains("You stand on no branch");
        String job = Scene.job(run);
        assertThat(scene.run("merge", job).err()).contains("--target BRANCH");
        assertThat(scene.run("merge", job, "--target", "trunk").code()).isZero();
        assertThat(repository.read("trunk", "a.txt")).isEqualTo("one\n");
    }

    @Test
    void anUnbornBranchGetsItsFirstCommitWhenThatIsAskedFor() throws Exception {
        // given
        ScratchRepository unborn = ScratchRepository.unborn(folder.resolve("unborn"));
        unborn.write("coppice.yaml", Scene.CONFIGURATION);
        unborn.write("plan.yaml", ONE_FILE);

        // when
        Result refused = scene.program().run(unborn.path(), "run", "--plan", "plan.yaml");
        Result run = scene.program().run(unborn.path(), "run", "--plan", "plan.yaml", "--init");

        // then
        assertThat(refused.code()).isEqualTo(6);
        assertThat(refused.err()).contains("run --init");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).contains("first commit");
    }

    @Test
    void aCheckedOutTargetIsMergedByGitWhereNothingIsInTheWay() throws Exception {
        repository.write("mine.txt", "the user's own\n");

        Result run = runMerging(ONE_FILE);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).contains("Uncommitted changes");
        assertThat(repository.path().resolve("a.txt")).hasContent("one");
        assertThat(repository.path().resolve("mine.txt")).hasContent("the user's own");
        assertThat(repository.git("status", "--porcelain", "a.txt")).isEmpty();
        assertThat(repository.git("rev-list", "--count", "--merges", "HEAD")).isEqualTo("1");
    }

    private Result runMerging(String plan) throws IOException, InterruptedException {
        scene.plan(plan);
        return scene.run("run", "--plan", "plan.yaml", "--integrate", "merge");
    }

    @Test
    void anAgentThatIsMissingIsNamed() throws Exception {
        scene.configure(
                "agents: { default: absent, lead: absent, absent: { command: [no-such-agent] } }\n");

        Result run = scene.runPlan(ONE_FILE);

        assertThat(run.code()).isEqualTo(6);
        assertThat(run.err()).contains("agent absent").contains("no-such-agent");
        assertThat(scene.run("agents").out()).contains("missing");
        assertThat(scene.run("status", "--json").out()).isEqualTo("{\"jobs\":[]}\n");
    }

    @Test
    void anAgentThatIsNotLoggedInIsNamedWithWhatToDo() throws Exception {
        Path claude =
                Scene.script(
                        folder.resolve("claude"),
                        """
                        [ "$1" != auth ] || { echo '{"loggedIn": false}'; exit 1; }
                        echo 2.1.0
                        """);
        scene.configure("agents: { claude: { command: ['%s'] } }\n".formatted(claude));

        Result run = scene.runPlan(ONE_FILE);

        assertThat(run.code()).as(run.err()).isEqualTo(6);
        assertThat(run.err()).contains("agent claude").contains("claude auth login");
        assertThat(scene.run("agents").out()).contains("not logged in");
    }

    @Test
    void namesFromAPlanNeverLeadOutOfTheWorkspace() throws Exception {
        Result refused =
                scene.runPlan(
                        """
                        tasks:
                          - {id: ../../outside, description: "true"}
                          - {id: "a\\tb", description: "true"}
                          - {id: c, description: "true", context_files: [../program/coppice]}
                        """);

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("outside").contains("../program/coppice");
        assertThat(files(folder))
                .isEqualTo(List.of("a répository", "a répository.gitconfig", "program"));
    }

    @Test
    void strangeDescriptionsAndFileNamesGoThroughUnharmed() throws Exception {
        Result run =
                scene.runPlan(
                        """
                        tasks:
                          - description: ": ../../../x \\a\\e[2J 🌳 $(touch ../escaped); mkdir -p 'ördner ü/日本'; echo one > 'ördner ü/日本/🌳 \\"a\\".txt'"
                        """);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).doesNotContain("\u001b", "\u0007");
        String job = Scene.job(run);
        assertThat(repository.read("coppice/" + job + "/result", "ördner ü/日本/🌳 \"a\".txt"))
                .isEqualTo("one\n");
        assertThat(repository.git("for-each-ref", "--format=%(refname)", "refs/heads/coppice"))
                .matches("(refs/heads/coppice/[0-9a-z]{12}/[a-z0-9-]+\\n?)+");
        assertThat(scene.run("report", job).out()).contains("日本");
        assertThat(scene.run("verify", job).code()).isZero();
        assertThat(files(folder))
                .isEqualTo(List.of("a répository", "a répository.gitconfig", "program"));
    }

    private static List<String> files(Path in) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }
}
