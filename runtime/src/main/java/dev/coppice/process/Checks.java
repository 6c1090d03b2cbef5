package dev.coppice.process;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What any program's start demands of its arguments, checked where they enter the room.
final class Checks {
    private Checks() {}

    static List<String> argv(List<String> argv) {
        List<String> copy = List.copyOf(argv);
        if (copy.isEmpty() || copy.getFirst().isEmpty()) {
            throw new IllegalArgumentException(
                    "an argument vector names its program first: " + copy);
        }
        copy.forEach(argument -> withoutNul("argument", argument));
        return copy;
    }

    static Map<String, String> environment(Map<String, String> environment) {
        Map<String, String> copy = Map.copyOf(environment);
        copy.forEach(Checks::variable);
        return copy;
    }

    static void variable(String name, String value) {
        if (name.isEmpty() || name.indexOf('=') >= 0) {
            throw new IllegalArgumentException(
                    "no name for an environment variable: '" + name + "'");
        }
        withoutNul("name of a variable", name);
        withoutNul("value of " + name, value);
    }

    static Duration positive(String what, Duration duration) {
        if (!duration.isPositive()) {
            throw new IllegalArgumentException(what + " must be positive: " + duration);
        }
        return duration;
    }

    static long positive(String what, long number) {
        if (number <= 0) {
            throw new IllegalArgumentException(what + " must be positive: " + number);
        }
        return number;
    }

    private static void withoutNul(String what, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(what + " contains a NUL character");
        }
    }
}
