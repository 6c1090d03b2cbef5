package dev.coppice.library.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an agent answered under headings that it was asked for: Markdown with `## Title` above each section. Of two
/// sections with one title the later counts.
final class Answer {
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6}\\s++(.*[^\\s:#*]).*$");
    private static final Pattern ITEM = Pattern.compile("(?m)^\\s*(?:[-*+]|\\d+[.)])\\s+(.+)$");

    private final Map<String, String> sections = new HashMap<>();

    Answer(String text) {
        Matcher heading = HEADING.matcher(text);
        boolean isThere = heading.find();
        while (isThere) {
            String title = heading.group(1);
            int from = heading.end();
            isThere = heading.find();
            sections.put(
                    title.toLowerCase(Locale.ROOT),
                    text.substring(from, isThere ? heading.start() : text.length()).strip());
        }
    }

    /// The section under this title, whatever its case; empty where there is none.
    String section(String title) {
        return sections.getOrDefault(title.toLowerCase(Locale.ROOT), "");
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
