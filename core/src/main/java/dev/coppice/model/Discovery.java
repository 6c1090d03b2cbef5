package dev.coppice.model;

import java.util.List;

/// A finding that one agent shares with the others. It stands in the prompts of all that begin later, so what is too long is
/// cut, and says so.
///
/// @param content at most [#CONTENT_MAX] characters
/// @param tags at most [#TAGS_MAX], each at most [#TAG_MAX] characters
public record Discovery(String content, List<String> tags) {
    public static final int CONTENT_MAX = 4 * 1024;
    public static final int TAGS_MAX = 16;
    public static final int TAG_MAX = 64;

    private static final String CUT = " … (cut)";

    public Discovery {
        if (content.isBlank()) {
            throw new IllegalArgumentException("a discovery needs content");
        }
        content = Excerpt.beginning(content, CONTENT_MAX, CUT).text();
        tags =
                tags.stream()
                        .limit(TAGS_MAX)
                        .map(tag -> Excerpt.beginning(tag, TAG_MAX, CUT).text())
                        .toList();
    }
}
