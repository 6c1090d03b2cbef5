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
import java.net.URI;
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

    private AgentLaunch launched(String program) {
        WorkerTools tools = new WorkerTools(URI.create("http://127.0.0.1:8000/mcp"), directory);
        return AgentRuns.agent(kind(), program)
                .launch(AgentRuns.withTools(AgentRuns.request(directory, "p"), tools));
    }

    /// By its own arguments, which stand before its command.
    @Test
    void codexIsToldOfTheToolsOfCoppice() {
        AgentLaunch launch = launched("/opt/bin/codex");

        assertThat(launch.argv())
                .startsWith(
                        "/opt/bin/codex",
                        "-c",
                        "mcp_servers.coppice.url=\"http://127.0.0.1:8000/mcp\"",
                        "-c",
                        "mcp_servers.coppice.bearer_token_env_var=\"COPPICE_API_KEY\"");
        assertThat(launch.files()).isEmpty();
        assertThat(AgentRuns.agent(kind(), "codex").tool("heartbeat"))
                .contains("`heartbeat` of the MCP server `coppice`");
    }

    @Test
    void geminiAndQwenAreToldByTheirDefaults() {
        for (String program : List.of("gemini", "qwen")) {
            AgentLaunch launch = launched(program);

            Path file = directory.resolve("mcp.json");
            assertThat(launch.argv()).containsExactly(program);
            assertThat(launch.environment())
                    .containsExactly(
                            Map.entry(
                                    program.equals("gemini")
                                            ? "GEMINI_CLI_SYSTEM_DEFAULTS_PATH"
                                            : "QWEN_CODE_SYSTEM_DEFAULTS_PATH",
                                    file.toString()));
            assertThat(launch.files().get(file))
                    .contains("\"httpUrl\" : \"http://127.0.0.1:8000/mcp\"")
                    .contains("Bearer ${COPPICE_API_KEY}");
        }
        assertThat(AgentRuns.agent(kind(), "gemini").tool("heartbeat"))
                .as("it may skip the file, so its prompts do not speak of tools")
                .isEmpty();
    }

    @Test
    void opencodeIsToldByAFurtherConfiguration() {
        AgentLaunch launch = launched("opencode");

        Path file = directory.resolve("opencode.json");
        assertThat(launch.environment())
                .containsExactly(Map.entry("OPENCODE_CONFIG", file.toString()));
        assertThat(launch.files().get(file))
                .contains("\"type\" : \"remote\"", "Bearer {env:COPPICE_API_KEY}");
    }

    @Test
    void anyOtherProgramIsStartedAsItIs() {
        AgentLaunch launch = launched("aider");

        assertThat(launch.argv()).containsExactly("aider");
        assertThat(launch.environment()).isEmpty();
        assertThat(launch.files()).isEmpty();
        assertThat(AgentRuns.agent(kind(), "aider").tool("heartbeat")).isEmpty();
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
