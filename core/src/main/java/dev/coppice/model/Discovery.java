package dev.coppice.model;

import java.util.List;

/// A finding that one agent shares with the others.
public record Discovery(String content, List<String> tags) {
    public Discovery {
        tags = List.copyOf(tags);
        if (content.isBlank()) {
            throw new IllegalArgumentException("a discovery needs content");
        }
    }
}
