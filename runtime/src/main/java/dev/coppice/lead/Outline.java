package dev.coppice.lead;

import dev.coppice.model.Excerpt;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;

/// What a repository holds, on a bounded number of lines: every file where there are few, else
/// folders with their counts, as deep as there is room for.
final class Outline {
    private static final int LINES_MAX = 400;
    private static final int LINE_MAX = 200;

    private Outline() {}

    /// @param files paths from the repository's root
    static String of(List<String> files) {
        if (files.isEmpty()) {
            return "(the repository has no files yet)";
        }
        int deepest = files.stream().mapToInt(Outline::depth).max().orElse(0);
        List<String> lines = lines(files, 0);
        for (int depth = 1; depth <= deepest; depth++) {
            List<String> deeper = lines(files, depth);
            if (deeper.size() > LINES_MAX) {
                break;
            }
            lines = deeper;
        }
        return String.join("\n", cut(lines));
    }

    private static List<String> cut(List<String> lines) {
        if (lines.size() <= LINES_MAX) {
            return lines;
        }
        List<String> cut = new ArrayList<>(lines.subList(0, LINES_MAX));
        cut.add("(and " + (lines.size() - LINES_MAX) + " more)");
        return cut;
    }

    /// Files that lie in at most `depth` folders, and for the others the folder at that depth.
    private static List<String> lines(List<String> files, int depth) {
        SequencedMap<String, Integer> counts = new TreeMap<>();
        for (String file : files) {
            counts.merge(depth(file) <= depth ? file : folder(file, depth), 1, Integer::sum);
        }
        return counts.entrySet().stream()
                .map(entry -> line(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static String line(String path, int count) {
        String line = path.replaceAll("\\p{Cntrl}", "?");
        String shown = Excerpt.beginning(line, LINE_MAX, "…").text();
        String files = count == 1 ? " (1 file)" : " (" + count + " files)";
        return path.endsWith("/") ? shown + files : shown;
    }

    private static int depth(String path) {
        return (int) path.chars().filter(c -> c == '/').count();
    }

    /// The first `depth` + 1 folders of a path.
    private static String folder(String path, int depth) {
        int end = -1;
        for (int i = 0; i <= depth; i++) {
            end = path.indexOf('/', end + 1);
        }
        return path.substring(0, end + 1);
    }
}
