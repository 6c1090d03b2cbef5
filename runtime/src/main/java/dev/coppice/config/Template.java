package dev.coppice.config;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The `coppice.yaml` that `init` writes: every key with its default, commented out.
public final class Template {
    private static final String HEAD =
            """
            # How Coppice works on this repository. Each line shows a default or, for a key that is
            # unset by default, an example: take "# " away to set it. Times are seconds, or 90s, 10m,
            # 2h. ${NAME} takes a value from the environment.
            """;
    private static final int COMMENT_COLUMN = 56;

    private final StringBuilder text = new StringBuilder(HEAD);
    private List<String> open = List.of();

    private Template() {}

    /// The whole file. Loaded as it is, it gives the defaults.
    public static String text() {
        Template template = new Template();
        Keys.ALL.stream().filter(key -> !key.equals(Keys.EXECUTION_MODE)).forEach(template::add);
        return template.text.toString();
    }

    private void add(Key<?> key) {
        List<String> path = List.of(key.path().split("\\.", -1));
        openSections(path.subList(0, path.size() - 1));
        line(path.size() - 1, key.name() + ": " + key.written(), key.comment());
        if (key.equals(Keys.LEAD_AGENT)) {
            addAgents();
        }
    }

    private void addAgents() {
        String claude =
                Stream.of(
                                Keys.MODEL,
                                Keys.PERMISSION,
                                Keys.MAX_CONCURRENT,
                                Keys.ARGS,
                                Keys.ENV,
                                Keys.HOME)
                        .map(key -> key.path() + ": " + key.written())
                        .collect(Collectors.joining(", ", "claude: { ", " }"));
        String command = Keys.COMMAND.path() + ": " + Keys.COMMAND.written();
        line(1, claude, "permission: plan, edit or all");
        line(1, "script: { " + command + ", stdin: description }", "any program can be an agent");
    }

    private void openSections(List<String> sections) {
        boolean isNewTop = sections.isEmpty() || !open.contains(sections.getFirst());
        if (isNewTop) {
            text.append('\n');
        }
        for (int depth = 0; depth < sections.size(); depth++) {
            if (isNewTop || depth >= open.size()) {
                text.append("  ".repeat(depth)).append(sections.get(depth)).append(":\n");
            }
        }
        open = sections;
    }

    private void line(int depth, String entry, String comment) {
        String line = "  ".repeat(depth) + "# " + entry;
        String gap = " ".repeat(Math.max(1, COMMENT_COLUMN - line.length()));
        text.append(line).append(gap).append("# ").append(comment).append('\n');
    }
}
