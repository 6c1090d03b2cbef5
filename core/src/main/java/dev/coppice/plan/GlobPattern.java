package dev.coppice.plan;

import java.util.Optional;

/// Judges a glob pattern by its text alone: `*`, `**`, `?`, `[a-z]`, `[!a]`, `{a,b}`, and a backslash before what is meant
/// literally.
final class GlobPattern {
    private GlobPattern() {}

    /// What is wrong with `pattern`, to follow its quoted text in a message; empty where nothing is.
    static Optional<String> complaint(String pattern) {
        boolean isInBraces = false;
        for (int i = 0; i < pattern.length(); i++) {
            switch (pattern.charAt(i)) {
                case '\\' -> {
                    i++;
                    if (i == pattern.length()) {
                        return Optional.of("ends with a backslash");
                    }
                }
                case '[' -> {
                    Optional<String> wrong = complaintOfBrackets(pattern, i);
                    if (wrong.isPresent()) {
                        return wrong;
                    }
                    i = pattern.indexOf(']', i);
                }
                case '{' -> {
                    if (isInBraces) {
                        return Optional.of("has braces within braces");
                    }
                    isInBraces = true;
                }
                case '}' -> isInBraces = false;
                default -> {}
            }
        }
        return isInBraces ? Optional.of("has a \"{\" without its \"}\"") : Optional.empty();
    }

    private static Optional<String> complaintOfBrackets(String pattern, int open) {
        int close = pattern.indexOf(']', open);
        if (close < 0) {
            return Optional.of("has a \"[\" without its \"]\"");
        }
        String inside = pattern.substring(open + 1, close);
        String characters = inside.startsWith("!") ? inside.substring(1) : inside;
        if (characters.isEmpty()) {
            return Optional.of("has nothing between \"[\" and \"]\"");
        }
        if (characters.contains("/")) {
            return Optional.of("has a \"/\" between \"[\" and \"]\"");
        }
        for (int i = 1; i < characters.length() - 1; i++) {
            if (characters.charAt(i) == '-'
                    && characters.charAt(i - 1) > characters.charAt(i + 1)) {
                return Optional.of(
                        "has a range between \"[\" and \"]\" that ends before it begins");
            }
        }
        return Optional.empty();
    }
}
