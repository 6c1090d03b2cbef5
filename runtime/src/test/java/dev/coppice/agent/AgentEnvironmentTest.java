package dev.coppice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.agent.AgentLaunch.Input;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.model.Settings.Home;
import dev.coppice.model.Settings.Kind;
import dev.coppice.model.Settings.Permission;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgentEnvironmentTest {
    private static final Map<String, String> USERS = users();

    private static Map<String, String> users() {
        Map<String, String> users = new HashMap<>();
        List.of(
                        "PATH,HOME,USER,LANG,LC_ALL,TZ,TERM,TMPDIR,JAVA_HOME,https_proxy,SSL_CERT_FILE,PIP_INDEX_URL",
                        "ANTHROPIC_API_KEY,CLAUDE_CONFIG_DIR,DISABLE_TELEMETRY,OPENAI_API_KEY",
                        "CLAUDE_CODE_SESSION_ID,CLAUDE_PID,CLAUDE_CODE_MESSAGING_TOKEN,CLAUDECODE",
                        "GIT_DIR,GIT_SSH_COMMAND,DATABASE_URL,AWS_SECRET_ACCESS_KEY,COPPICE_API_KEY")
                .forEach(names -> {
                    for (String name : names.split(",", -1)) {
                        users.put(name, "the user's");
                    }
                });
        return users;
    }

    private static AgentSettings agent(Kind kind, String program, String... env) {
        return agent(kind, program, Home.USER, env);
    }

    private static AgentSettings agent(Kind kind, String program, Home home, String... env) {
        return new AgentSettings(
                kind,
                List.of(program),
                List.of(),
                Optional.empty(),
                Permission.EDIT,
                dev.coppice.model.Settings.Input.PROMPT,
                List.of(env),
                home,
                4);
    }

    @Test
    void aCommandGetsWhatEveryProgramNeedsAndNoSecrets() {
        assertThat(AgentEnvironment.allowed(agent(Kind.COMMAND, "bash"), USERS))
                .containsOnlyKeys(
                        "PATH",
                        "HOME",
                        "USER",
                        "LANG",
                        "LC_ALL",
                        "TZ",
                        "TERM",
                        "TMPDIR",
                        "JAVA_HOME",
                        "https_proxy",
                        "SSL_CERT_FILE",
                        "PIP_INDEX_URL");
    }

    @Test
    void aKnownCliGetsItsOwnWhoeverDrivesIt() {
        assertThat(AgentEnvironment.allowed(agent(Kind.CLAUDE, "/opt/my-claude"), USERS))
                .containsKeys("ANTHROPIC_API_KEY", "CLAUDE_CONFIG_DIR", "DISABLE_TELEMETRY")
                .doesNotContainKey("OPENAI_API_KEY");
        assertThat(AgentEnvironment.allowed(agent(Kind.COMMAND, "/usr/bin/codex"), USERS))
                .containsKey("OPENAI_API_KEY")
                .doesNotContainKey("ANTHROPIC_API_KEY");
    }

    @Test
    void aPrivateHomeIsNotLedBackToTheUsersSettings() {
        AgentSettings hermit = agent(Kind.CLAUDE, "claude", Home.PRIVATE);

        assertThat(AgentEnvironment.allowed(hermit, USERS))
                .containsKey("ANTHROPIC_API_KEY")
                .doesNotContainKey("CLAUDE_CONFIG_DIR");
        assertThat(AgentEnvironment.ofProbe(hermit, USERS))
                .as("what was logged in at the user's home does not count")
                .containsEntry("HOME", "/dev/null");
    }

    @Test
    void anotherSessionsMarksStayOutside() {
        assertThat(AgentEnvironment.allowed(agent(Kind.CLAUDE, "claude"), USERS))
                .doesNotContainKeys(
                        "CLAUDE_CODE_SESSION_ID",
                        "CLAUDE_PID",
                        "CLAUDE_CODE_MESSAGING_TOKEN",
                        "CLAUDECODE");
    }

    @Test
    void whatIsConfiguredIsLetThroughButNothingOfGit() {
        assertThat(
                        AgentEnvironment.allowed(
                                agent(Kind.COMMAND, "bash", "DATABASE_URL", "GIT_DIR", "ABSENT"),
                                USERS))
                .containsKey("DATABASE_URL")
                .doesNotContainKeys("GIT_DIR", "ABSENT");
    }

    @Test
    void oursWinsOverTheLaunchsAndThatOverTheUsers() {
        AgentLaunch launch =
                new AgentLaunch(
                        List.of("bash"),
                        Map.of("TERM", "launch", "TZ", "launch"),
                        Map.of(),
                        new Input.Nothing());

        assertThat(
                        AgentEnvironment.complete(
                                agent(Kind.COMMAND, "bash"),
                                USERS,
                                launch,
                                Map.of("TZ", "ours", "GIT_CONFIG_COUNT", "1")))
                .containsEntry("PATH", "the user's")
                .containsEntry("TERM", "launch")
                .containsEntry("TZ", "ours")
                .containsEntry("GIT_CONFIG_COUNT", "1");
    }
}
