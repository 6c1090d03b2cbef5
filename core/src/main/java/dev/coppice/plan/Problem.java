package dev.coppice.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Something that is wrong, or worth a warning, in what somebody wrote.
///
/// @param place where: `plan.yaml:7` where the line is known, else `tasks[2].priority`
/// @param message what, and what to do about it; one line without the place
public record Problem(String place, String message) {
    private static final Pattern LINE = Pattern.compile("(.*):(\\d{1,9})");

    /// The same problems as one reads a file: by line, then those of the whole file. What has no line
    /// keeps its order.
    public static List<Problem> inOrder(List<Problem> problems) {
        Map<String, List<Problem>> byName = new LinkedHashMap<>();
        for (Problem problem : problems) {
            byName.computeIfAbsent(problem.name(), _ -> new ArrayList<>()).add(problem);
        }
        return byName.values().stream()
                .flatMap(all -> all.stream().sorted(Comparator.comparingInt(Problem::line)))
                .toList();
    }

    private String name() {
        Matcher line = LINE.matcher(place);
        return line.matches() ? line.group(1) : place;
    }

    private int line() {
        Matcher line = LINE.matcher(place);
        return line.matches() ? Integer.parseInt(line.group(2)) : Integer.MAX_VALUE;
    }

    /// One line for people.
    @Override
    public String toString() {
        return place + ": " + message;
    }
}
