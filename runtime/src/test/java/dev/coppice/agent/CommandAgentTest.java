package dev.coppice.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.agent.AgentEnd.Verdict;
import dev.coppice.agent.AgentRuns.Run;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.model.Settings.Home;
import dev.coppice.model.Settings.Input;
import dev.coppice.model.Settings.Kind;
import dev.coppice.model.Settings.Permission;
import dev.coppice.model.WorkResult;
import dev.coppice.process.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CommandAgentTest extends AgentContract {
    @Override
    Kind kind() {
        return Kind.COMMAND;
    }

    @Override
    String printedWhenItSays(String text) {
        return text;
    }

    private Run runCat(Input input) {
        AgentSettings settings =
                new AgentSettings(
                        Kind.COMMAND,
                        List.of("cat"),
                        List.of("-"),
                        Optional.empty(),
                        Permission.EDIT,
                        input,
                        List.of(),
                        Home.USER,
                        4);
        return AgentRuns.run(
                AgentRuns.agent(settings), AgentRuns.request(directory, "p"), directory, Map.of());
    }

    @Test
    void theDescriptionAloneCanBeItsInputWithoutALineOfOurs() {
        assertThat(runCat(Input.DESCRIPTION).end().output()).isEqualTo("the description\n");
    }

    @Test
    void theEnvelopeCanBeItsInput() throws IOException {
        Files.writeString(directory.resolve("task_envelope.json"), "{\"task_id\":\"t1\"}");

        assertThat(runCat(Input.ENVELOPE).end().output()).isEqualTo("{\"task_id\":\"t1\"}\n");
    }

    @Test
    void itsInputCanBeEmpty() {
        Run run = runCat(Input.NONE);

        assertThat(run.end().output()).isEmpty();
        assertThat(run.end().verdict()).isEqualTo(new Verdict.Succeeded(Optional.empty()));
    }

    @Test
    void ofALongOutputTheEndIsKept() {
        AgentReading reading =
                AgentRuns.agent(kind(), "cat")
                        .reading(AgentRuns.request(directory, "p"), note -> {});
        byte[] block = new byte[1 << 20];
        Arrays.fill(block, (byte) 'z');
        for (int i = 0; i < 100; i++) {
            reading.line(block, 0, block.length);
        }
        reading.line("the end".getBytes(UTF_8), 0, 7);

        String output = reading.finish(new Exit.Exited(0), "").output();

        assertThat(output).endsWith("z\nthe end\n").hasSizeLessThan(4 * WorkResult.OUTPUT_MAX);
        assertThat(WorkResult.of(output).outputCut()).isTrue();
    }

    @Test
    void probingStartsNothing() throws IOException, InterruptedException {
        Path program = directory.resolve("deploy.sh");
        Files.writeString(program, "#!/bin/sh\ntouch started\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();

        Availability found = AgentRuns.probe(AgentRuns.agent(kind(), "./deploy.sh"), directory);

        assertThat(found).isInstanceOf(Availability.Usable.class);
        assertThat(directory.resolve("started")).doesNotExist();
    }
}
