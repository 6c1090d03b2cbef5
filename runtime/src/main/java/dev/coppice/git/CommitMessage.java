package dev.coppice.git;

import java.util.List;
import java.util.regex.Pattern;

/// What a commit says: text, and trailers below it in the order given.
public record CommitMessage(String text, List<Trailer> trailers) {
    private static final Pattern LINE_END = Pattern.compile("\\s*\\R\\s*");

    /// @throws IllegalArgumentException if the text is blank
    public CommitMessage {
        text = text.replace("\0", "").strip();
        trailers = List.copyOf(trailers);
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a commit message needs a text");
        }
    }

    /// A message without trailers.
    public static CommitMessage of(String text) {
        return new CommitMessage(text, List.of());
    }

    /// One line `Key: value` at the end of a message; line ends in the value become spaces.
    public record Trailer(String key, String value) {
        private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]*");

        /// @throws IllegalArgumentException if git would not take `key` for a trailer's
        public Trailer {
            if (!KEY.matcher(key).matches()) {
                throw new IllegalArgumentException("not the key of a trailer: '" + key + "'");
            }
            value = LINE_END.matcher(value.replace("\0", "").strip()).replaceAll(" ");
        }

        @Override
        public String toString() {
            return key + ": " + value;
        }
    }

    /// The message as it stands in the commit, with a line end at its end.
    @Override
    public String toString() {
        StringBuilder message = new StringBuilder(text).append('\n');
        if (!trailers.isEmpty()) {
            message.append('\n');
            trailers.forEach(trailer -> message.append(trailer).append('\n'));
        }
        return message.toString();
    }
}
