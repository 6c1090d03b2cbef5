package dev.coppice.library.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an agent answered under headings that it was asked for: Markdown with `## Title` above each section, where agents also
/// write `## **Title**`, `## 4. Title`, `## Title: its first words`, or `**Title:** all of it` on a line of its own. Of two
/// sections with one title the later counts.
final class Answer {
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6}\\s++(.+)$");

    /// A title as it may stand in a heading, and what follows it there.
    private static final Pattern TITLE =
            Pattern.compile("(?:\\d+[.)]\\s*)?[*_`]*([^:(*_`#]+)[*_`]*\\s*(.*)");

    private static final Pattern ITEM = Pattern.compile("(?m)^\\s*(?:[-*+]|\\d+[.)])\\s+(.+)$");

    private final String text;
    private final Map<String, String> sections = new HashMap<>();

    Answer(String text) {
        this.text = text;
        Matcher heading = HEADING.matcher(text);
        boolean isThere = heading.find();
        while (isThere) {
            Matcher title = TITLE.matcher(heading.group(1).strip());
            int from = heading.end();
            isThere = heading.find();
            if (title.matches()) {
                String more = title.group(2).replaceAll("^[\\s:#*_]+", "");
                String below = text.substring(from, isThere ? heading.start() : text.length());
                sections.put(
                        title.group(1).strip().toLowerCase(Locale.ROOT), (more + below).strip());
            }
        }
    }

    /// The section under this title, whatever its case; empty where there is none.
    String section(String title) {
        String section = sections.get(title.toLowerCase(Locale.ROOT));
        return section == null ? line(title) : section;
    }

    /// What stands behind the title on a line that begins with it.
    private String line(String title) {
        Matcher line =
                Pattern.compile(
                                "(?mi)^[\\s>*_-]*"
                                        + Pattern.quote(title)
                                        + "[*_]*\\s*:[*_]*\\s*(.+)$")
                        .matcher(text);
        String last = "";
        while (line.find()) {
            last = line.group(1).strip();
        }
        return last;
    }

    /// The items of a list in this section.
    List<String> items(String title) {
        List<String> items = new ArrayList<>();
        Matcher item = ITEM.matcher(section(title));
        while (item.find()) {
            items.add(item.group(1).strip());
        }
        return items;
    }
}
