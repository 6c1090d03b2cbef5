package dev.coppice.report;

/// Foreign text without what could command a terminal or reorder a line: control characters (escape
/// sequences begin with one), directional marks, and halves of surrogate pairs.
public final class Plain {
    private Plain() {}

    /// `foreign` as one line, without blanks around it; what is taken out leaves a space.
    public static String line(String foreign) {
        return clean(foreign, false).strip();
    }

    /// The first line of `foreign` that is not blank; empty where there is none.
    public static String firstLine(String foreign) {
        return line(foreign.strip().lines().findFirst().orElse(""));
    }

    /// `foreign` with its line ends and tabs; what else is taken out leaves a space.
    public static String lines(String foreign) {
        return clean(foreign.replace("\r\n", "\n"), true);
    }

    private static String clean(String foreign, boolean keepLines) {
        StringBuilder plain = new StringBuilder(foreign.length());
        foreign.codePoints()
                .map(c -> isPlain(c) || (keepLines && (c == '\n' || c == '\t')) ? c : ' ')
                .forEach(plain::appendCodePoint);
        return plain.toString();
    }

    private static boolean isPlain(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            // Of the format characters only the joiners are harmless; emoji need one of them.
            case Character.FORMAT -> c == 0x200c || c == 0x200d;
            default -> true;
        };
    }

    /// How many columns of a terminal `line` takes.
    static int width(String line) {
        return line.codePoints().map(Plain::width).sum();
    }

    /// The beginning of `line` that fits into `columns`, with `…` where something is left out.
    public static String fit(String line, int columns) {
        if (width(line) <= columns) {
            return line;
        }
        StringBuilder fitting = new StringBuilder();
        int used = 0;
        for (int c : line.codePoints().toArray()) {
            used += width(c);
            if (used > columns - 1) {
                break;
            }
            fitting.appendCodePoint(c);
        }
        return columns < 1 ? "" : fitting.append('…').toString();
    }

    private static int width(int c) {
        int type = Character.getType(c);
        if (type == Character.NON_SPACING_MARK
                || type == Character.ENCLOSING_MARK
                || type == Character.FORMAT) {
            return 0;
        }
        return isWide(c) ? 2 : 1;
    }

    /// Han, kana, Hangul, full-width forms and emoji.
    private static boolean isWide(int c) {
        return switch (Character.UnicodeScript.of(c)) {
            case HAN, HIRAGANA, KATAKANA, HANGUL -> true;
            default -> Character.isEmojiPresentation(c) || (c >= 0xff01 && c <= 0xff60);
        };
    }
}
