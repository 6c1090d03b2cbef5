package dev.coppice.model;

/// Text from outside that has a form in UTF-8: each half of a character that stands alone in it, as JSON's `\ud83d` makes
/// one, became U+FFFD.
public record WholeText(String value) {
    private static final int REPLACEMENT = 0xFFFD;

    public WholeText {
        if (value.chars().anyMatch(c -> Character.isSurrogate((char) c))) {
            value = withoutHalves(value);
        }
    }

    private static String withoutHalves(String text) {
        StringBuilder whole = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.getType(c) == Character.SURROGATE ? REPLACEMENT : c)
                .forEach(whole::appendCodePoint);
        return whole.toString();
    }
}
