package dev.coppice.server.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// The key that a server on loopback makes for its own user where none is configured. It is kept as it is, so
/// that the command line finds it, in a file that only this user can read.
public record LocalKey(Path file) {
    /// The file below `coppiceHome`.
    public static LocalKey in(Path coppiceHome) {
        return new LocalKey(coppiceHome.resolve("server.key"));
    }

    /// The key, if it was made.
    ///
    /// @throws AccessException where the file can't be read
    public Optional<String> find() {
        try {
            return Optional.of(Files.readString(file).strip()).filter(key -> !key.isEmpty());
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new AccessException("The key in " + file + " can't be read.", e);
        }
    }

    /// The key, made if it was not there.
    ///
    /// @throws AccessException where the file can't be written
    public String findOrMake() {
        return find().orElseGet(this::make);
    }

    private String make() {
        String secret = KeySecret.make();
        try {
            Keys.write(file, secret + "\n");
            return secret;
        } catch (IOException e) {
            throw new AccessException("A key can't be written to " + file + ".", e);
        }
    }
}
