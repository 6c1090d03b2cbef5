package dev.coppice.cli;

/// Text that others wrote, before it reaches a terminal.
final class Foreign {
    private Foreign() {}

    /// Its first line, without what could command the terminal.
    static String line(String foreign) {
        return text(foreign.strip().lines().findFirst().orElse(""));
    }

    /// All of it, line ends and tabs kept, without what could command the terminal.
    static String text(String foreign) {
        StringBuilder plain = new StringBuilder(foreign.length());
        foreign.codePoints()
                .filter(c -> c == '\n' || c == '\t' || !Character.isISOControl(c))
                .forEach(plain::appendCodePoint);
        return plain.toString();
    }
}
