package dev.coppice.report;

import java.util.List;
import java.util.stream.Collectors;

/// Writes Markdown in which foreign text stays text: it can't end a table's cell, a code block or a
/// line, nor begin a tag.
final class Markdown {
    private static final String FENCE = "```";
    private final StringBuilder text = new StringBuilder();

    Markdown heading(int level, String title) {
        return paragraph("#".repeat(level) + " " + inline(title));
    }

    /// Takes Markdown, not foreign text.
    Markdown paragraph(String markdown) {
        text.append(markdown).append("\n\n");
        return this;
    }

    /// Takes Markdown, not foreign text.
    Markdown list(List<String> items) {
        items.forEach(item -> text.append("- ").append(item).append('\n'));
        text.append('\n');
        return this;
    }

    /// Takes cells of Markdown; none of them may hold a line's end.
    Markdown table(List<String> header, List<List<String>> rows) {
        row(header);
        row(header.stream().map(_ -> "---").toList());
        rows.forEach(this::row);
        text.append('\n');
        return this;
    }

    private void row(List<String> cells) {
        text.append(cells.stream().collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    /// Foreign text of many lines, as it is.
    Markdown block(String foreign) {
        String fence = FENCE;
        while (foreign.contains(fence)) {
            fence += "`";
        }
        text.append(fence).append("text\n").append(Plain.lines(foreign).strip());
        text.append('\n').append(fence).append("\n\n");
        return this;
    }

    /// Foreign text within a line.
    static String inline(String foreign) {
        String line = Plain.line(foreign);
        StringBuilder safe = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            switch (c) {
                case '<' -> safe.append("&lt;");
                case '&' -> safe.append("&amp;");
                case '_' -> safe.append(isWithinWord(line, i) ? "_" : "\\_");
                case '\\', '`', '*', '[', ']', '|', '~' -> safe.append('\\').append(c);
                default -> safe.append(c);
            }
        }
        return safe.toString();
    }

    /// An underscore there means nothing, and `worker_1` stays readable as text.
    private static boolean isWithinWord(String line, int at) {
        return at > 0
                && at < line.length() - 1
                && Character.isLetterOrDigit(line.charAt(at - 1))
                && Character.isLetterOrDigit(line.charAt(at + 1));
    }

    /// Foreign text within a line, as code.
    static String code(String foreign) {
        String line = Plain.line(foreign).replace("|", "\\|");
        if (line.isEmpty()) {
            return "";
        }
        String ticks = "`";
        while (line.contains(ticks)) {
            ticks += "`";
        }
        String gap = line.startsWith("`") || line.endsWith("`") ? " " : "";
        return ticks + gap + line + gap + ticks;
    }

    @Override
    public String toString() {
        return text.toString().stripTrailing() + "\n";
    }
}
