package dev.coppice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What the rows gave, as Markdown.
final class Table {
    private static final String HEAD =
            """
            | # | what | measured against | ours | theirs | ratio (range) | goal | met |
            |---|---|---|---|---|---|---|---|
            """;

    /// A row and what it gave.
    private record Line(Row row, Measurement measured) {
        boolean isMet() {
            return row.goal().isMetBy(measured.share());
        }

        String ratio() {
            return row.goal().show(measured.share());
        }

        String text() {
            return String.format(
                    Locale.ROOT,
                    "| %d | %s | %s | %s %s | %s | %s (%s – %s) | %s | %s |\n",
                    row.number(),
                    row.what(),
                    row.against().replace("|", "\\|"),
                    time(measured.ours()),
                    row.unit(),
                    time(measured.theirs()),
                    ratio(),
                    row.goal().show(measured.lowestShare()),
                    row.goal().show(measured.highestShare()),
                    row.goal().text(),
                    isMet() ? "yes" : "**no**");
        }

        private static String time(double value) {
            return String.format(
                    Locale.ROOT, value >= 100 ? "%,.0f" : value >= 1 ? "%.1f" : "%.3f", value);
        }
    }

    private final List<Line> lines = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();

    /// Takes what a row gave, and shows its line.
    String add(Row row, Measurement measured) {
        Line line = new Line(row, measured);
        lines.add(line);
        return line.text();
    }

    /// Leaves a row out that can't be measured here, and shows its line.
    ///
    /// @param lacking what is lacking
    String leaveOut(Row row, String lacking) {
        String text =
                "| %d | %s | %s | – | – | not measured: %s | %s | – |\n"
                        .formatted(
                                row.number(),
                                row.what(),
                                row.against(),
                                lacking,
                                row.goal().text());
        leftOut.add(text);
        return text;
    }

    static String head() {
        return HEAD;
    }

    /// The whole of docs/benchmarks.md.
    String document(Machine machine, boolean isQuick) {
        StringBuilder text =
                new StringBuilder(
                        """
                        # Benchmarks

                        What Coppice adds to the agents' own time. Each row was measured in one run beside what it is compared to:
                        both sides take turns, once for nothing and then several rounds, and the side that begins changes. The times are
                        medians; the ratio is the median of the rounds' ratios, with the lowest and the highest behind it. Only
                        ratios travel from machine to machine. `./coppice-bench` writes this file; a row alone is measured by its number
                        (`./coppice-bench 2 13`), and `--quick` takes one round of each. The jobs of row 1 run in a process whose Java has
                        the options with which `coppice run` starts it.

                        """);
        if (isQuick) {
            text.append(
                    "This was a quick run: one round of each row, so that the ranges say nothing.\n\n");
        }
        text.append("Measured on: ").append(machine.text()).append("\n\n").append(HEAD);
        lines.forEach(line -> text.append(line.text()));
        leftOut.forEach(text::append);
        text.append('\n').append(missed());
        return text.toString();
    }

    private String missed() {
        List<Line> missed = lines.stream().filter(line -> !line.isMet()).toList();
        if (missed.isEmpty()) {
            return leftOut.isEmpty()
                    ? "This run met every goal.\n"
                    : "This run met every goal of what it could measure.\n";
        }
        StringBuilder text = new StringBuilder("Goals that this run missed:\n\n");
        missed.forEach(line ->
                text.append("- row ")
                        .append(line.row().number())
                        .append(", ")
                        .append(line.row().what())
                        .append(": ")
                        .append(line.ratio())
                        .append(", wanted ")
                        .append(line.row().goal().text())
                        .append('\n'));
        return text.toString();
    }
}
