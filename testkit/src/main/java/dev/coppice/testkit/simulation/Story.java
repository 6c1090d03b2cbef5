package dev.coppice.testkit.simulation;

import java.util.ArrayList;
import java.util.List;

/// What happened in a simulation, in order. Lines are put into words only when somebody reads them.
final class Story {
    /// @param at virtual milliseconds
    record Line(long at, String who, Object what) {
        @Override
        public String toString() {
            return at + " " + who + ": " + what;
        }
    }

    private static final int WIDTH_MAX = 400;

    private final Timeline time;
    private final List<Line> lines = new ArrayList<>();

    Story(Timeline time) {
        this.time = time;
    }

    void tell(String who, Object what) {
        lines.add(new Line(time.now(), who, what));
    }

    List<Line> lines() {
        return lines;
    }

    /// The last lines, the long ones cut.
    String ending(int count) {
        StringBuilder text = new StringBuilder();
        lines.stream()
                .skip(Math.max(0, lines.size() - count))
                .map(Line::toString)
                .map(line -> line.substring(0, Math.min(line.length(), WIDTH_MAX)))
                .forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }
}
