package dev.coppice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.agent.AgentEnd.Verdict;
import dev.coppice.agent.AgentRuns.Run;
import dev.coppice.model.Discovery;
import dev.coppice.model.Reason;
import dev.coppice.model.Settings.Kind;
import dev.coppice.model.Usage;
import dev.coppice.process.Command;
import dev.coppice.process.Exit;
import dev.coppice.process.Finished;
import dev.coppice.process.Processes;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScriptedAgentTest extends AgentContract {
    private static final long HANGS_NANOS = Duration.ofMinutes(2).toNanos();

    @Override
    Kind kind() {
        return Kind.SCRIPTED;
    }

    @Override
    String printedWhenItSays(String text) {
        return "{\"type\":\"say\",\"text\":\"" + text + "\"}\n{\"type\":\"end\"}\n";
    }

    private Run run(String prompt, String... environment) {
        return run(AgentRuns.request(directory, prompt), List.of(), environment);
    }

    private Run run(AgentRequest request, List<String> options, String... environment) {
        Map<String, String> ours = new HashMap<>();
        ours.put("COPPICE_RESULT", request.resultFile().toString());
        for (int i = 0; i < environment.length; i += 2) {
            ours.put(environment[i], environment[i + 1]);
        }
        List<String> command = new ArrayList<>(ScriptedProgram.command());
        command.addAll(options);
        Agent agent = AgentRuns.agent(kind(), command.toArray(String[]::new));
        return AgentRuns.run(agent, request, directory, ours);
    }

    private static String script(String... steps) {
        return "Please.\n```script\n" + String.join("\n", steps) + "\n```\nThank you.\n";
    }

    private static Verdict.Failed failed(Run run) {
        assertThat(run.end().verdict()).isInstanceOf(Verdict.Failed.class);
        return (Verdict.Failed) run.end().verdict();
    }

    @Test
    void aScriptWorksOnFilesAndTellsOfIt() {
        Run run =
                run(
                        script(
                                "say I \"begin\" \\ ü",
                                "write new folder/a.txt",
                                "| one",
                                "|   two",
                                "append new folder/a.txt",
                                "| three",
                                "write gone.txt",
                                "delete gone.txt",
                                "discover D1 is \"found\"",
                                "usage 10 5 0.01",
                                "usage 1 1 0.02"));

        assertThat(run.end().verdict()).isEqualTo(new Verdict.Succeeded(Optional.empty()));
        assertThat(run.end().output()).isEqualTo("I \"begin\" \\ ü\n");
        assertThat(run.end().session()).contains(AgentRuns.SESSION.toString());
        assertThat(run.end().usage())
                .isEqualTo(new Usage(11, 6, 0, 0, Optional.of(new BigDecimal("0.03"))));
        assertThat(run.end().report().orElseThrow().discoveries())
                .containsExactly(new Discovery("D1 is \"found\"", List.of()));
        assertThat(directory.resolve("new folder/a.txt")).hasContent("one\n  two\nthree\n");
        assertThat(directory.resolve("gone.txt")).doesNotExist();
        assertThat(run.notes())
                .startsWith(
                        new AgentNote.SessionOpened(AgentRuns.SESSION.toString()),
                        new AgentNote.Said("I \"begin\" \\ ü"),
                        new AgentNote.ToolUsed("write", "new folder/a.txt"));
    }

    @Test
    void aStepOfOneAttemptIsLeftOutInTheOthers() {
        String prompt = script("attempt 1: fail the disk is full", "say done");

        Run first = run(prompt, "COPPICE_ATTEMPT", "1");
        Run second = run(prompt, "COPPICE_ATTEMPT", "2");

        assertThat(failed(first).message()).isEqualTo("ended with exit code 1: the disk is full");
        assertThat(second.end().verdict()).isInstanceOf(Verdict.Succeeded.class);
    }

    @Test
    void theStructuredAnswerIsThereOrMissed() {
        AgentRequest asked =
                AgentRuns.wantingJson(
                        AgentRuns.request(directory, script("answer", "| {\"a\":", "| [1]}")));
        AgentRequest refused =
                AgentRuns.wantingJson(AgentRuns.request(directory, script("say no")));

        assertThat(run(asked, List.of()).end().verdict())
                .isEqualTo(new Verdict.Succeeded(Optional.of("{\"a\":[1]}")));
        assertThat(failed(run(refused, List.of())).reason()).isEqualTo(Reason.NO_RESULT);
    }

    @Test
    void theScriptIsChosenByTaskAndByPrompt() throws IOException {
        Path scripts = directory.resolve("scripts.md");
        Files.writeString(
                scripts,
                """
                ```script for t1
                say by the task's id
                ```
                ```script when settle the conflict
                say by the prompt
                ```
                """);
        List<String> options = List.of("--scripts", scripts.toString());
        AgentRequest request =
                AgentRuns.request(directory, "```script for t2\nsay by its own\n```\nsettle them");
        AgentRequest conflict = AgentRuns.request(directory, "now settle the conflict of t1");

        assertThat(run(request, options, "COPPICE_TASK", "t1").end().output())
                .isEqualTo("by the task's id\n");
        assertThat(run(request, options, "COPPICE_TASK", "t2").end().output())
                .isEqualTo("by its own\n");
        assertThat(run(conflict, options, "COPPICE_TASK", "conflict-1").end().output())
                .isEqualTo("by the prompt\n");
        assertThat(failed(run(request, options, "COPPICE_TASK", "t3")).message())
                .contains("no script");
    }

    @Test
    void whatAPromptMustHaveIsNotFoundInTheScriptItself() {
        assertThat(failed(run(script("expect D1"))).message()).contains("the prompt lacks: D1");
        assertThat(run("Known: D1\n" + script("expect D1")).end().verdict())
                .isInstanceOf(Verdict.Succeeded.class);
    }

    @Test
    void aMergeIsSettledWithBothSides() throws IOException {
        Path file = directory.resolve("list.txt");
        Files.writeString(file, "a\n<<<<<<< ours\nb\n=======\nc\n>>>>>>> theirs\nd\n");

        run(script("settle list.txt"));

        assertThat(file).hasContent("a\nb\nc\nd\n");
    }

    @Test
    void aLimitIsARateLimit() {
        assertThat(run(script("limit 60")).end().verdict())
                .isInstanceOfSatisfying(
                        Verdict.RateLimited.class,
                        limited -> assertThat(limited.until()).isPresent());
    }

    @Test
    void aCrashBesideHalfALineLeavesWhatWasSaid() {
        Run run = run(script("say so far", "half-line", "crash"));

        assertThat(failed(run).reason()).isEqualTo(Reason.EXIT_CODE);
        assertThat(run.end().output()).isEqualTo("so far\n");
    }

    @Test
    void anEndInTheMiddleIsNoSuccess() {
        assertThat(failed(run(script("say so far", "exit 0", "say more"))).reason())
                .isEqualTo(Reason.NO_RESULT);
    }

    @Test
    void aFloodHasItsSize() {
        Run run = run(script("flood 3000000", "say after"));

        assertThat(run.process().stdout()).hasSizeGreaterThan(3_000_000);
        assertThat(run.end().output()).isEqualTo("after\n");
    }

    @Test
    void aDeafProgramOutlivesItsLimit() throws InterruptedException {
        Command command =
                Command.of(directory, System.getenv(), ScriptedProgram.command())
                        .withStdin(script("deaf", "run kill -TERM $PPID", "say still here"));
        try (Processes processes = Processes.open()) {
            Finished finished = processes.run(command.withTimeout(Duration.ofSeconds(60)));

            assertThat(finished.exit()).isEqualTo(new Exit.Exited(0));
            assertThat(finished.stdoutText()).contains("still here");
        }
    }

    @Test
    void aGrandchildStaysBehindWithStandardOutput() {
        String seconds = "600." + ProcessHandle.current().pid(); // nobody else sleeps so long

        Run run = run(script("fork " + seconds));

        List<ProcessHandle> left = sleeping(seconds);
        long begin = System.nanoTime();
        while (left.isEmpty() && System.nanoTime() - begin < HANGS_NANOS) {
            left = sleeping(seconds); // it is `setsid` at first
        }
        left.forEach(ProcessHandle::destroyForcibly);
        assertThat(run.end().verdict()).isInstanceOf(Verdict.Succeeded.class);
        assertThat(left).isNotEmpty();
    }

    private static List<ProcessHandle> sleeping(String seconds) {
        return ProcessHandle.allProcesses()
                .filter(it ->
                        it.info()
                                .arguments()
                                .filter(a -> a.length > 0 && a[0].equals(seconds))
                                .isPresent())
                .filter(it -> it.info().command().orElse("").endsWith("sleep"))
                .toList();
    }
}
