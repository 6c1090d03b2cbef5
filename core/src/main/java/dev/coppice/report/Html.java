package dev.coppice.report;

/// Puts foreign text into HTML and SVG.
final class Html {
    private Html() {}

    /// `foreign` as text or as the value of a quoted attribute.
    static String escape(String foreign) {
        StringBuilder safe = new StringBuilder(foreign.length());
        for (char c : Plain.lines(foreign).toCharArray()) {
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.append(c);
            }
        }
        return safe.toString();
    }
}
