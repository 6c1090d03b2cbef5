package dev.coppice.server.jobs;

import dev.coppice.document.Form;
import dev.coppice.model.Discovery;
import java.util.List;
import java.util.Optional;

/// Reads what a caller found: `{"content": "…", "tags": ["api"]}`, among other keys.
public final class DiscoveryReader {
    private static final Form<List<String>> TAGS = JsonKeys.TEXT.list();

    private DiscoveryReader() {}

    /// Takes the finding; empty where there is something wrong with it, which the keys tell.
    public static Optional<Discovery> take(JsonKeys keys) {
        Optional<String> content = keys.need("content", JsonKeys.TEXT);
        List<String> tags = keys.take("tags", TAGS).orElse(List.of());
        return content.map(text -> new Discovery(text, tags));
    }
}
