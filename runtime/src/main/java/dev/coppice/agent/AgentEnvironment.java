package dev.coppice.agent;

import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.model.Settings.Home;
import dev.coppice.model.Settings.Kind;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The environment of an agent's process: what the user has on an allow-list, then what the launch and the
/// orchestrator set. So no secret, no `GIT_DIR` and no mark of another agent's session gets in by chance.
public final class AgentEnvironment {
    private static final Set<String> EVERYONES =
            Set.of(
                    "PATH",
                    "HOME",
                    "USER",
                    "LANG",
                    "TZ",
                    "TERM",
                    "TMPDIR",
                    "JAVA_HOME",
                    // proxies; curl and others read the lower-case forms
                    "HTTP_PROXY",
                    "HTTPS_PROXY",
                    "ALL_PROXY",
                    "NO_PROXY",
                    "http_proxy",
                    "https_proxy",
                    "all_proxy",
                    "no_proxy",
                    // certificates
                    "SSL_CERT_FILE",
                    "SSL_CERT_DIR",
                    "NODE_EXTRA_CA_CERTS",
                    "REQUESTS_CA_BUNDLE",
                    "CURL_CA_BUNDLE",
                    "AWS_CA_BUNDLE");

    /// Where packages come from holds for pip wherever it runs: while a workspace is prepared, and by an agent in it.
    private static final List<String> EVERYONES_PREFIXES = List.of("LC_", "PIP_");

    /// By the name of the program, so that a `command` agent that is one of these gets its own too.
    private static final Map<String, List<String>> PREFIXES_OF_PROGRAM =
            Map.of(
                    "claude", List.of("ANTHROPIC_", "CLAUDE_", "IS_SANDBOX", "DISABLE_"),
                    "codex", List.of("OPENAI_", "CODEX_"),
                    "gemini", List.of("GEMINI_", "GOOGLE_"),
                    "opencode", List.of("OPENCODE_"));

    /// What claude sets for the programs it starts. Where Coppice itself is one of them, its agents must not take
    /// themselves for a part of that session.
    private static final List<String> MARKS_OF_ANOTHER_SESSION =
            List.of(
                    "CLAUDE_PID",
                    "CLAUDE_CODE_CHILD_",
                    "CLAUDE_CODE_ENTRYPOINT",
                    "CLAUDE_CODE_EXECPATH",
                    "CLAUDE_CODE_MESSAGING_",
                    "CLAUDE_CODE_SESSION_",
                    "CLAUDE_CODE_SSE_PORT");

    /// They lead a program to the user's own settings, whatever its home.
    private static final Set<String> USERS_SETTINGS =
            Set.of("CLAUDE_CONFIG_DIR", "CODEX_HOME", "GEMINI_CLI_HOME", "OPENCODE_CONFIG_DIR");

    /// A home in which nothing can be, nor be made, not even by root.
    private static final String NO_HOME = "/dev/null";

    private AgentEnvironment() {}

    /// What an agent sees of the user's environment.
    public static Map<String, String> allowed(AgentSettings agent, Map<String, String> users) {
        Map<String, String> allowed = new HashMap<>();
        users.forEach((name, value) -> {
            if (isAllowed(agent, name) || agent.env().contains(name)) {
                allowed.put(name, value);
            }
        });
        allowed.keySet().removeIf(name -> name.startsWith("GIT_"));
        return Map.copyOf(allowed);
    }

    /// What an agent sees that is asked whether it can be used: a private home has no logins yet.
    static Map<String, String> ofProbe(AgentSettings agent, Map<String, String> users) {
        Map<String, String> variables = new HashMap<>(allowed(agent, users));
        if (agent.home() == Home.PRIVATE) {
            variables.put("HOME", NO_HOME);
        }
        return Map.copyOf(variables);
    }

    /// The complete environment of an agent's process.
    ///
    /// @param users the environment of the orchestrator
    /// @param ours what the orchestrator sets; it wins over all else
    public static Map<String, String> complete(
            AgentSettings agent,
            Map<String, String> users,
            AgentLaunch launch,
            Map<String, String> ours) {
        Map<String, String> complete = new HashMap<>(allowed(agent, users));
        complete.putAll(launch.environment());
        complete.putAll(ours);
        return Map.copyOf(complete);
    }

    private static List<String> prefixes(AgentSettings agent) {
        String program =
                agent.kind() == Kind.CLAUDE
                        ? "claude"
                        : String.valueOf(Path.of(agent.command().getFirst()).getFileName());
        return PREFIXES_OF_PROGRAM.getOrDefault(program, List.of());
    }

    private static boolean isAllowed(AgentSettings agent, String name) {
        return EVERYONES.contains(name)
                || EVERYONES_PREFIXES.stream().anyMatch(name::startsWith)
                || (prefixes(agent).stream().anyMatch(name::startsWith)
                        && !(agent.home() == Home.PRIVATE && USERS_SETTINGS.contains(name))
                        && MARKS_OF_ANOTHER_SESSION.stream().noneMatch(name::startsWith));
    }
}
