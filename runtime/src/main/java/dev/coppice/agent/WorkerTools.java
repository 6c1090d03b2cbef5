package dev.coppice.agent;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The tools that Coppice has for its workers, an MCP server over HTTP, and how each program is told of it: by arguments,
/// variables or a file of the attempt's own, so that the user's files stay as they are. None of them holds the worker's
/// token; each program takes it from its environment. Seen with Claude Code 2.1.329, Codex 0.169.0, opencode 1.18.33 and
/// Gemini CLI 0.61.0; Qwen Code as it documents it.
///
/// @param url where the tools are
/// @param folder where files may be laid for the program
public record WorkerTools(URI url, Path folder) {
    /// Under this name programs know the server.
    static final String SERVER = "coppice";

    /// The variable in which the worker's token is.
    private static final String TOKEN = "COPPICE_API_KEY";

    private static final String GEMINI_DEFAULTS = "GEMINI_CLI_SYSTEM_DEFAULTS_PATH";
    private static final String QWEN_DEFAULTS = "QWEN_CODE_SYSTEM_DEFAULTS_PATH";
    private static final String OPENCODE_CONFIG = "OPENCODE_CONFIG";

    /// What is added to a launch.
    ///
    /// @param argv directly behind the program
    record Added(List<String> argv, Map<String, String> environment, Map<Path, String> files) {
        static final Added NOTHING = new Added(List.of(), Map.of(), Map.of());

        Added {
            argv = List.copyOf(argv);
            environment = Map.copyOf(environment);
            files = Map.copyOf(files);
        }
    }

    /// Whether a program of this name has the tools for certain once it is told. Gemini CLI reads such a file only where it,
    /// and each folder above it, is root's and nobody else may write it.
    static boolean areKnownTo(String program) {
        return switch (program) {
            case "codex", "qwen", "opencode" -> true;
            default -> false;
        };
    }

    /// The variable that names a program of this name the file which tells it; empty where it is told otherwise.
    static Optional<String> variable(String program) {
        return switch (program) {
            case "gemini" -> Optional.of(GEMINI_DEFAULTS);
            case "qwen" -> Optional.of(QWEN_DEFAULTS);
            case "opencode" -> Optional.of(OPENCODE_CONFIG);
            default -> Optional.empty();
        };
    }

    /// How a program of this name is told; nothing where it can't be.
    Added to(String program) {
        return switch (program) {
            case "codex" -> toCodex();
            case "gemini" -> toGemini(GEMINI_DEFAULTS);
            case "qwen" -> toGemini(QWEN_DEFAULTS);
            case "opencode" -> toOpencode();
            default -> Added.NOTHING;
        };
    }

    /// The tools are offered at once, and may be used without asking.
    Added toClaude() {
        ObjectNode config = Json.MAPPER.createObjectNode();
        ObjectNode server = config.withObject("mcpServers").withObject(SERVER);
        server.put("type", "http").put("url", url.toString());
        authorize(server, "${" + TOKEN + "}");
        Path file = folder.resolve("mcp.json");
        return new Added(
                List.of("--mcp-config", file.toString(), "--allowedTools", "mcp__" + SERVER),
                Map.of("ENABLE_TOOL_SEARCH", "false"),
                Map.of(file, config.toPrettyString()));
    }

    private Added toCodex() {
        String server = "mcp_servers." + SERVER + ".";
        return new Added(
                List.of(
                        "-c", server + "url=\"" + url + "\"",
                        "-c", server + "bearer_token_env_var=\"" + TOKEN + "\"",
                        "-c", server + "default_tools_approval_mode=\"approve\""),
                Map.of(),
                Map.of());
    }

    /// Its defaults, over which the user's own settings go.
    private Added toGemini(String variable) {
        ObjectNode config = Json.MAPPER.createObjectNode();
        ObjectNode server = config.withObject("mcpServers").withObject(SERVER);
        server.put("httpUrl", url.toString()).put("trust", true);
        authorize(server, "${" + TOKEN + "}");
        return byFile("mcp.json", variable, config);
    }

    private Added toOpencode() {
        ObjectNode config = Json.MAPPER.createObjectNode();
        ObjectNode server = config.withObject("mcp").withObject(SERVER);
        server.put("type", "remote").put("url", url.toString()).put("enabled", true);
        authorize(server, "{env:" + TOKEN + "}");
        return byFile("opencode.json", OPENCODE_CONFIG, config);
    }

    private Added byFile(String name, String variable, ObjectNode config) {
        Path file = folder.resolve(name);
        return new Added(
                List.of(),
                Map.of(variable, file.toString()),
                Map.of(file, config.toPrettyString()));
    }

    private static void authorize(ObjectNode server, String token) {
        server.putObject("headers").put("Authorization", "Bearer " + token);
    }

    /// How Claude Code names one of the tools.
    static Optional<String> inClaude(String tool) {
        return Optional.of("`mcp__" + SERVER + "__" + tool + "`");
    }

    /// How one of the tools is named to a program that may call it otherwise.
    static Optional<String> elsewhere(String tool) {
        return Optional.of("`" + tool + "` of the MCP server `" + SERVER + "`");
    }
}
