package dev.coppice.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One request to the model as [StubModel] received it.
///
/// @param session the client's session, as it names it in a header; may be empty
/// @param prompts what the user said, oldest first, without what the client adds as reminders
/// @param answersSince for each of the prompts, how many answers follow it
/// @param tools the names of the tools that the client offers
/// @param directory where the client works, if it says so
/// @param body the whole request
public record ModelRequest(
        String session,
        String model,
        boolean streaming,
        List<String> prompts,
        List<Integer> answersSince,
        Set<String> tools,
        Optional<String> directory,
        String body) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern DIRECTORY = Pattern.compile("Primary working directory: (.+)");

    public ModelRequest {
        prompts = List.copyOf(prompts);
        answersSince = List.copyOf(answersSince);
        tools = Set.copyOf(tools);
    }

    /// What the user said last.
    public String prompt() {
        return prompts.isEmpty() ? "" : prompts.getLast();
    }

    static ModelRequest read(String session, String body) {
        JsonNode root = JSON.readTree(body);
        List<String> prompts = new ArrayList<>();
        List<Integer> answersBefore = new ArrayList<>();
        int answers = 0;
        String lastRole = "";
        for (JsonNode message : root.path("messages")) {
            String role = message.path("role").asString("");
            String text = role.equals("user") ? spoken(message.path("content")) : "";
            if (role.equals("assistant") && !lastRole.equals("assistant")) {
                answers++;
            }
            if (!text.isBlank()) {
                prompts.add(text);
                answersBefore.add(answers);
            }
            lastRole = role;
        }
        int all = answers;
        return new ModelRequest(
                session,
                root.path("model").asString(""),
                root.path("stream").asBoolean(false),
                prompts,
                answersBefore.stream().map(before -> all - before).toList(),
                StreamSupport.stream(root.path("tools").spliterator(), false)
                        .map(tool -> tool.path("name").asString(""))
                        .collect(Collectors.toSet()),
                directory(root),
                body);
    }

    private static String spoken(JsonNode content) {
        if (content.isString()) {
            return content.stringValue();
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode block : content) {
            String part = block.path("text").asString("");
            if (!part.startsWith("<system-reminder>")) {
                text.append(part);
            }
        }
        return text.toString();
    }

    private static Optional<String> directory(JsonNode root) {
        for (String text : root.findValuesAsString("text")) {
            Matcher found = DIRECTORY.matcher(text);
            if (found.find()) {
                return Optional.of(found.group(1).strip());
            }
        }
        for (JsonNode message : root.path("messages")) {
            Matcher found = DIRECTORY.matcher(message.path("content").asString(""));
            if (found.find()) {
                return Optional.of(found.group(1).strip());
            }
        }
        return Optional.empty();
    }
}
