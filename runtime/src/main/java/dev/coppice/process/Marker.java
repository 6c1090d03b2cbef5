package dev.coppice.process;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/// An environment variable by which the processes of one child are known again: they inherit it,
/// wherever they go and whoever started them. Two children that may live at once on a machine never
/// have the same.
public record Marker(String name, String value) {
    public Marker {
        Checks.variable(name, value);
    }

    /// As it stands in an environment.
    @Override
    public String toString() {
        return name + "=" + value;
    }

    /// The value that an environment, as NUL-ended entries, gives the variable `name`; empty where it has none.
    static Optional<String> value(byte[] environment, String name) {
        return Stream.of(new String(environment, StandardCharsets.UTF_8).split("\0", -1))
                .filter(entry -> entry.startsWith(name + "="))
                .map(entry -> entry.substring(name.length() + 1))
                .findFirst();
    }

    /// Whether an environment, as NUL-ended entries, holds it.
    boolean isIn(byte[] environment) {
        byte[] entry = toString().getBytes(StandardCharsets.UTF_8);
        int from = 0;
        for (int i = 0; i < environment.length; i++) {
            if (environment[i] == 0) {
                if (Arrays.equals(environment, from, i, entry, 0, entry.length)) {
                    return true;
                }
                from = i + 1;
            }
        }
        return false;
    }
}
