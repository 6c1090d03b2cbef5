package dev.coppice.server.access;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What a key may do. Each scope holds those before it.
public enum Scope {
    /// Look at jobs, results, logs and events.
    READ,
    /// Also start jobs, and cancel or retry them.
    SUBMIT,
    /// Everything.
    ADMIN;

    /// Whether who has this may do what needs `needed`.
    public boolean allows(Scope needed) {
        return compareTo(needed) >= 0;
    }

    /// The scope in lower case.
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The scope that is written so; empty where there is none.
    public static Optional<Scope> of(String wire) {
        return Stream.of(values()).filter(scope -> scope.wire().equals(wire)).findFirst();
    }
}
