package dev.coppice.config;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Collects the values that must never be shown.
final class SecretValues {
    private static final Pattern NAME =
            Pattern.compile(
                    "(?:.*[_.-])?(?:(?:api)?key|token|secret|password|passwd|credentials?)"
                            + "(?:[_.-].*)?");
    private static final Pattern PASSWORD_IN_URL =
            Pattern.compile("(?:[?&]password=([^&]+))|(?://[^/@:]*:([^/@]+)@)");

    /// A shorter value is a word that stands in ordinary text.
    private static final int GUESSED_LENGTH_MIN = 8;

    private final Set<String> values = new HashSet<>();

    /// Begins with the variables whose names tell that they are secrets, since agents see some.
    SecretValues(Map<String, String> environment) {
        environment.forEach((name, value) -> {
            if (isSecretName(name) && value.length() >= GUESSED_LENGTH_MIN) {
                values.add(value);
            }
        });
    }

    /// Whether what has this name is kept secret.
    static boolean isSecretName(String name) {
        return NAME.matcher(name.toLowerCase(Locale.ROOT)).matches();
    }

    void add(String value) {
        if (!value.isBlank()) {
            values.add(value);
        }
    }

    void addPasswordOf(String url) {
        Matcher password = PASSWORD_IN_URL.matcher(url);
        while (password.find()) {
            add(password.group(1) == null ? password.group(2) : password.group(1));
        }
    }

    /// `text` without them.
    String mask(String text) {
        String masked = text;
        for (String value : values) {
            masked = masked.replace(value, "***");
        }
        return masked;
    }

    Set<String> values() {
        return values;
    }
}
