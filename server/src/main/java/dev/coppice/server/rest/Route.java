package dev.coppice.server.rest;

import dev.coppice.server.access.Scope;
import dev.coppice.server.jobs.Fault;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One thing that can be asked.
///
/// @param path with names in braces for its variable parts; a last one that ends with `...` takes the rest
/// @param door who may come in
/// @param queries the query parameters that it knows; others are refused
/// @param action answers the call
record Route(String method, String path, Door door, List<String> queries, Action action) {
    /// Who may come in.
    sealed interface Door {
        /// Anybody.
        record Open() implements Door {}

        /// Who has a key of this scope.
        record Keyed(Scope scope) implements Door {}

        /// Who has a key of this scope, and workers with their tokens, for what is theirs.
        record Shared(Scope scope) implements Door {}

        /// The same, for looking; and on loopback also who has none, for a part of the answer.
        record Ajar() implements Door {}
    }

    /// Answers a call, or throws a [Fault].
    @FunctionalInterface
    interface Action {
        void answer(Exchange exchange) throws IOException, InterruptedException;
    }

    Route {
        queries = List.copyOf(queries);
    }

    /// The path's variable parts, decoded; empty where `asked` is another path.
    ///
    /// @param asked the path as it was sent
    Optional<Map<String, String>> match(String asked) {
        if (!hasEndsOf(asked)) {
            return Optional.empty();
        }
        String[] mine = path.split("/", -1);
        String[] theirs = asked.split("/", -1);
        boolean takesRest = mine[mine.length - 1].endsWith("...}");
        if (takesRest ? theirs.length < mine.length : theirs.length != mine.length) {
            return Optional.empty();
        }
        Map<String, String> parts = new LinkedHashMap<>();
        for (int i = 0; i < mine.length; i++) {
            boolean isVariable = mine[i].startsWith("{");
            if (isVariable && takesRest && i == mine.length - 1) {
                String rest = String.join("/", List.of(theirs).subList(i, theirs.length));
                parts.put(mine[i].substring(1, mine[i].length() - "...}".length()), decoded(rest));
            } else if (isVariable) {
                parts.put(mine[i].substring(1, mine[i].length() - 1), decoded(theirs[i]));
            } else if (!mine[i].equals(theirs[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(parts);
    }

    /// Whether `asked` begins and ends as this path does, which most others do not.
    private boolean hasEndsOf(String asked) {
        int head = path.indexOf('{');
        int tail = path.length() - path.lastIndexOf('}') - 1;
        return head < 0
                ? path.equals(asked)
                : asked.regionMatches(0, path, 0, head)
                        && asked.regionMatches(
                                asked.length() - tail, path, path.length() - tail, tail);
    }

    private static String decoded(String part) {
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            throw Fault.of(Fault.Kind.INVALID_REQUEST, "The path is not a valid URL.");
        }
    }
}
