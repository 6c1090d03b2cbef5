package dev.coppice.agent;

import dev.coppice.model.Discovery;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// The result file that an agent may leave beside its work:
/// ```
/// {"status": "completed" | "failed", "output": "…", "error_message": "…", "results": {"…": …},
///  "discoveries": ["…", {"content": "…", "tags": ["…"]}], "files": ["…", {"path": "…"}]}
/// ```
/// Every key may be absent and unknown ones are left alone. `output` may be any JSON; where it is absent, `results`
/// stands for it. What is not as it should be is
/// read as far as it makes sense, but two things count: a status other than one of success is a failure, and a file
/// that is no JSON object is one, too.
public sealed interface ResultFile {
    /// A longer file is not read.
    int BYTES_MAX = 4 << 20;

    /// More than these are left out.
    int DISCOVERIES_MAX = 100;

    int FILES_MAX = 10_000;

    /// The words for success of all documents that describe such a file.
    Set<String> SUCCESSES =
            Set.of("completed", "success", "succeeded", "recursive_success", "done", "ok");

    /// There is none.
    record Absent() implements ResultFile {}

    /// There is one, but nobody can read it.
    record Unreadable(String why) implements ResultFile {}

    /// What stands in it.
    ///
    /// @param failure empty where the agent says that it succeeded, else why it did not
    /// @param files what the agent says it touched; a claim, git knows better
    /// @param results the names of what the agent brings
    /// @param json the whole file
    record Report(
            Optional<String> failure,
            Optional<String> output,
            List<Discovery> discoveries,
            List<String> files,
            Set<String> results,
            String json)
            implements ResultFile {
        public Report {
            discoveries = List.copyOf(discoveries);
            files = List.copyOf(files);
            results = Set.copyOf(results);
        }
    }

    /// Reads the file at `path`. Never follows a link and never opens anything but a regular file, since the agent
    /// may have put a pipe or a device there.
    static ResultFile at(Path path) {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return new Absent();
        }
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            return new Unreadable(path.getFileName() + " is not a regular file");
        }
        try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                return new Unreadable(
                        path.getFileName() + " is longer than " + BYTES_MAX + " bytes");
            }
            return parse(String.valueOf(path.getFileName()), bytes);
        } catch (IOException e) {
            return new Unreadable(path.getFileName() + " can't be read: " + e);
        }
    }

    /// JSON does not begin with a byte order mark, though some programs write one and some readers take it.
    private static String withoutMark(String json) {
        return json.startsWith("\ufeff") ? json.substring(1) : json;
    }

    private static ResultFile parse(String name, byte[] bytes) {
        try {
            JsonNode root = Json.MAPPER.readTree(bytes);
            if (root == null || !root.isObject()) {
                return new Unreadable(name + " holds no JSON object");
            }
            return new Report(
                    failure(root),
                    output(root),
                    discoveries(root.path("discoveries")),
                    files(root),
                    Set.copyOf(root.path("results").propertyNames()),
                    withoutMark(new String(bytes, StandardCharsets.UTF_8)));
        } catch (JacksonException e) {
            return new Unreadable(name + " is not JSON: " + e.getOriginalMessage());
        }
    }

    private static Optional<String> failure(JsonNode root) {
        String status = root.path("status").asString("completed").strip().toLowerCase(Locale.ROOT);
        if (SUCCESSES.contains(status)) {
            return Optional.empty();
        }
        for (String key : List.of("error_message", "error", "message")) {
            String message = root.path(key).asString("").strip();
            if (!message.isEmpty()) {
                return Optional.of(message);
            }
        }
        return Optional.of("the agent's result says: status " + status);
    }

    private static Optional<String> output(JsonNode root) {
        JsonNode output = root.path(root.has("output") ? "output" : "results");
        if (output.isMissingNode() || output.isNull()) {
            return Optional.empty();
        }
        return Optional.of(output.isString() ? output.stringValue() : output.toString());
    }

    private static List<Discovery> discoveries(JsonNode list) {
        List<Discovery> found = new ArrayList<>();
        for (JsonNode each : list) {
            String content =
                    each.isObject() ? each.path("content").asString("") : each.asString("");
            if (content.isBlank() || found.size() == DISCOVERIES_MAX) {
                continue;
            }
            List<String> tags = new ArrayList<>();
            for (JsonNode tag : each.path("tags")) {
                tags.add(tag.asString(""));
            }
            found.add(new Discovery(content, tags));
        }
        return found;
    }

    private static List<String> files(JsonNode root) {
        List<String> files = new ArrayList<>();
        for (String key : List.of("files", "files_created", "files_modified", "files_deleted")) {
            for (JsonNode each : root.path(key)) {
                String file = each.isObject() ? each.path("path").asString("") : each.asString("");
                if (!file.isBlank() && files.size() < FILES_MAX) {
                    files.add(file);
                }
            }
        }
        return files;
    }
}
