package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.house.cli.Program.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How jobs end that do not end by themselves, and how what they left is had again.
class EndingsTest {
    @TempDir Path folder;
    private Scene scene;

    @BeforeEach
    void prepare() throws IOException {
        scene = Scene.in(folder);
    }

    @Test
    void aJobThatIsCanceledElsewhereEndsWithFive() throws Exception {
        Process running = scene.startPlan("tasks: [{id: a, description: sleep 600, expects: any}]");
        String job = scene.jobOfRun();

        Result canceled = scene.second().run("cancel", job);

        assertThat(canceled.code()).as(canceled.err()).isZero();
        assertThat(canceled.out()).isEqualTo("job " + job + " is asked to end\n");
        Result ended = scene.program().ended(running);
        assertThat(ended.code()).as(ended.err()).isEqualTo(5);
        assertThat(ended.out()).contains("The job was canceled.");
    }

    @Test
    void aJobWhoseTimeIsOverEndsWithFive() throws Exception {
        scene.plan("tasks: [{id: a, description: sleep 600, expects: any}]");

        Result ended = scene.run("run", "--plan", "plan.yaml", "--job-timeout", "2");

        assertThat(ended.code()).as(ended.err()).isEqualTo(5);
        assertThat(ended.out()).contains("The job passed its time.");
    }

    @Test
    void aJobInWhichATaskIsBlockedEndsWithOne() throws Exception {
        Result ended =
                scene.runPlan(
                        "tasks: [{id: a, description: exit 3, expects: any, max_retries: 0},"
                                + " {id: b, description: echo b > b.txt, dependencies: [a]}]");

        assertThat(ended.code()).as(ended.err()).isEqualTo(1);
        assertThat(scene.run("status", Scene.job(ended)).out())
                .containsPattern("(?m)\\bb\\b.*\\bblocked\\b");
    }

    @Test
    void aTaskThatRanOutOfTimeIsTriedAgainWithMore() throws Exception {
        // given
        Path patience = folder.resolve("patience");
        scene.plan(
                "tasks: [{id: a, description: 'test -e \"%s\" || sleep 600; echo one > a.txt'}]"
                        .formatted(patience));
        Result first =
                scene.run("run", "--plan", "plan.yaml", "--timeout", "1", "--max-retries", "0");
        assertThat(first.code()).as(first.err()).isEqualTo(1);
        String job = Scene.job(first);

        // when
        Files.createFile(patience);
        Result refused = scene.run("retry", job, "a", "--timeout", "soon");
        Result retried = scene.run("retry", job, "a", "--timeout", "10m");

        // then
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("--timeout: A time is seconds");
        assertThat(retried.code()).as(retried.err()).isZero();
        assertThat(retried.out()).contains("attempt 2 by script begins, limit 10 min");
        assertThat(scene.repository().read("coppice/" + job + "/result", "a.txt"))
                .isEqualTo("one\n");
    }

    @Test
    void whatAFailedAttemptLeftIsListedRestoredAndForgotten() throws Exception {
        // given
        Result run =
                scene.runPlan(
                        "tasks: [{id: a, description: 'echo half > half.txt; exit 3', max_retries: 0}]");
        assertThat(run.code()).isEqualTo(1);
        String job = Scene.job(run);
        String ref = "refs/coppice/rescue/" + job + "/1-1";
        assertThat(scene.run("rescue", job).out()).contains(" 1-1 ", ref);

        // when
        Result branch = scene.run("rescue", job, "--restore", "1-1", "--branch", "again");
        Result beside = scene.run("rescue", job, "--restore", "1-1", "--to", "../beside", "--json");
        Result unknown = scene.run("rescue", job, "--restore", "7-1");

        // then
        assertThat(branch.out()).as(branch.err()).isEqualTo("restored to again\n");
        assertThat(scene.repository().read("again", "half.txt")).isEqualTo("half\n");
        assertThat(beside.out()).as(beside.err()).isEqualTo("{\"restored\":\"../beside\"}\n");
        assertThat(folder.resolve("beside/half.txt")).hasContent("half");
        assertThat(unknown.code()).isEqualTo(3);

        // when
        Result kept = scene.run("clean", "--rescued-before", "30d");
        Scene.await(() -> !scene.repository().git("log", "-1", "--format=%ct", ref).equals(now()));
        Result removed = scene.run("clean", "--rescued-before", "0d");

        // then
        assertThat(kept.out()).as(kept.err()).doesNotContain(ref);
        assertThat(removed.out()).as(removed.err()).contains("removed rescued work " + ref);
        assertThat(scene.run("rescue").out()).isEqualTo("Nothing had to be rescued.\n");
    }

    private static String now() {
        return Long.toString(System.currentTimeMillis() / 1_000);
    }

    @Test
    void whenTheBudgetIsSpentNothingMoreStarts() throws Exception {
        // given an agent whose every answer costs 60 cents
        Path claude =
                Scene.script(
                        folder.resolve("claude"),
                        """
                        case $1 in
                            auth) echo '{"loggedIn": true}'; exit ;;
                            --version) echo 2.1.0; exit ;;
                        esac
                        cat > /dev/null
                        session=0ee1bd55-dd50-4ecb-98b2-9fea0300079a
                        echo '{"type":"system","subtype":"init","session_id":"'$session'"}'
                        echo '{"type":"result","subtype":"success","is_error":false,"result":"Done.","session_id":"'$session'","total_cost_usd":0.6,"modelUsage":{"m":{"inputTokens":100,"outputTokens":10}}}'
                        """);
        scene.configure(
                "agents: { default: claude, lead: claude, claude: { command: ['%s'] } }\n"
                        .formatted(claude));
        scene.plan(
                """
                tasks:
                  - {id: a, description: Do a, expects: any}
                  - {id: b, description: Do b, expects: any, dependencies: [a]}
                  - {id: c, description: Do c, expects: any, dependencies: [b]}
                """);

        // when
        Result run = scene.run("run", "--plan", "plan.yaml", "--budget-usd", "1");

        // then
        assertThat(run.code()).as(run.err()).isEqualTo(1);
        assertThat(run.out()).contains("The budget is spent.", "2 of 3 tasks");
        String job = Scene.job(run);
        assertThat(scene.run("cost", job).out())
                .isEqualTo(job + "  $1.20 spent, $0.00 left  220 tokens\n");
        assertThat(scene.run("cost", "--json").out())
                .isEqualTo(
                        "{\"jobs\":[{\"job_id\":\"%s\",\"cost_usd\":1.200000,\"unpriced_attempts\":0,\"budget_usd\":1,\"left_usd\":0,\"tokens\":220}]}\n"
                                .formatted(job));
    }
}
