package dev.coppice.config;

import dev.coppice.document.Form;
import java.util.Locale;
import java.util.Optional;

/// One key of the configuration.
///
/// @param path `workers.max_workers`
/// @param form what its value must look like
/// @param byDefault its value where nobody gives one; empty: it is unset then
/// @param written the default as it is written in YAML; for a key that is unset by default, an example
/// @param isExample whether `written` is one
/// @param comment what it does, for the person who reads the file
/// @param kind how its text is taken
record Key<T>(
        String path,
        Form<T> form,
        Optional<T> byDefault,
        String written,
        boolean isExample,
        String comment,
        Kind kind) {
    enum Kind {
        ONE,
        LIST,
        /// A list of lines for the shell, in which `${NAME}` is the shell's.
        SHELL
    }

    /// A key with a default.
    static <T> Key<T> set(String path, Form<T> form, String written, String comment) {
        return new Key<>(path, form, form.read(written), written, false, comment, Kind.ONE);
    }

    /// A key that is unset by default.
    static <T> Key<T> unset(String path, Form<T> form, String example, String comment) {
        return new Key<>(path, form, Optional.empty(), example, true, comment, Kind.ONE);
    }

    /// The same key, of another kind, with what stands for it where it is unset.
    Key<T> with(Optional<T> value, Kind other) {
        return new Key<>(path, form, value, written, isExample, comment, other);
    }

    /// The same key below `section`.
    Key<T> under(String section) {
        return new Key<>(section + "." + path, form, byDefault, written, isExample, comment, kind);
    }

    /// The same key, whose example is the default.
    Key<T> setAsWritten() {
        return new Key<>(path, form, form.read(written), written, false, comment, kind);
    }

    /// The part of the path behind the last dot.
    String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /// The environment variable that sets it.
    String variable() {
        return "COPPICE_" + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
