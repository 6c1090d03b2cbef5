package dev.coppice.server.access;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The keys of a user's servers, in a file that only this user can read:
///
/// ```json
/// {"keys": [{"name": "ci", "scope": "SUBMIT", "sha256": "…", "made": "2026-11-21T09:30:00Z"}]}
/// ```
/// A key itself is shown once, when it is made. Several processes may change the file at the same time; a
/// running server sees each change. Safe for use by many threads.
public final class Keys {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<?> OWNER_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path file;
    private final InstantSource clock;

    /// One key, without what would let anybody use it.
    ///
    /// @param sha256 of the key, in hexadecimal digits
    public record Entry(String name, Scope scope, String sha256, Instant made) {}

    private record Ring(List<Entry> keys) {}

    /// What a file of keys must not have.
    private static final class Spoilt extends Exception {
        private static final long serialVersionUID = 1L;

        private Spoilt(String place, String message) {
            super(place + " " + message);
        }
    }

    /// The keys below `coppiceHome`, where there may be none yet.
    public Keys(Path coppiceHome, InstantSource clock) {
        this.file = coppiceHome.resolve("keys.json");
        this.clock = clock;
    }

    /// Whether a key can be called so.
    public static boolean isName(String text) {
        return NAME.matcher(text).matches() && !text.equals(Access.LOCAL);
    }

    /// All keys, in the order in which they were made.
    ///
    /// @throws AccessException where the file can't be read, or has what is no key
    public List<Entry> list() {
        return text().map(this::entries).orElse(List.of());
    }

    /// What stands in the file; empty where there is none. By it each change is seen: two in a row may leave the file with
    /// one time and one size.
    Optional<String> text() {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /// The keys of such a text.
    List<Entry> entries(String text) {
        try {
            return entries(JsonMapper.shared().readTree(text));
        } catch (JacksonException e) {
            throw unreadable(e);
        } catch (Spoilt e) {
            throw new AccessException(
                    "The keys in %s can't be read: %s. Correct it, or take that key out and make a new one."
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private AccessException unreadable(Exception cause) {
        return new AccessException("The keys in " + file + " can't be read.", cause);
    }

    private static List<Entry> entries(JsonNode ring) throws Spoilt {
        JsonNode keys = ring.path("keys");
        if (!keys.isArray()) {
            throw new Spoilt("keys", "must be a list");
        }
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            entries.add(entry("keys[" + i + "].", keys.path(i)));
        }
        return entries;
    }

    private static Entry entry(String place, JsonNode key) throws Spoilt {
        String name = text(place, key, "name");
        String scope = text(place, key, "scope");
        String sha256 = text(place, key, "sha256");
        String made = text(place, key, "made");
        if (!SHA256.matcher(sha256).matches()) {
            throw new Spoilt(place + "sha256", "must have 64 hexadecimal digits in lower case");
        }
        try {
            return new Entry(name, Scope.valueOf(scope), sha256, Instant.parse(made));
        } catch (DateTimeParseException _) {
            throw new Spoilt(place + "made", "must be a time such as 2026-11-21T09:30:00Z");
        } catch (IllegalArgumentException _) {
            throw new Spoilt(place + "scope", "must be one of " + Arrays.toString(Scope.values()));
        }
    }

    private static String text(String place, JsonNode key, String name) throws Spoilt {
        return key.path(name)
                .stringValueOpt()
                .orElseThrow(() -> new Spoilt(place + name, "must be a text"));
    }

    /// Makes a key and returns it; empty where there is one of this name.
    public Optional<String> add(String name, Scope scope) {
        if (!isName(name)) {
            throw new IllegalArgumentException("not a key's name: " + name);
        }
        String secret = KeySecret.make();
        boolean isAdded =
                change(keys -> {
                    if (named(keys, name).isPresent()) {
                        return keys;
                    }
                    List<Entry> more = new ArrayList<>(keys);
                    more.add(new Entry(name, scope, KeySecret.hash(secret), clock.instant()));
                    return more;
                });
        return isAdded ? Optional.of(secret) : Optional.empty();
    }

    /// Gives a key of this name a new secret, so that the old one ends; empty where there is none.
    public Optional<String> rotate(String name) {
        String secret = KeySecret.make();
        boolean isRotated =
                change(keys ->
                        keys.stream()
                                .map(key ->
                                        key.name().equals(name)
                                                ? new Entry(
                                                        name,
                                                        key.scope(),
                                                        KeySecret.hash(secret),
                                                        clock.instant())
                                                : key)
                                .toList());
        return isRotated ? Optional.of(secret) : Optional.empty();
    }

    /// Ends a key; false where there is none of this name.
    public boolean revoke(String name) {
        return change(keys -> keys.stream().filter(key -> !key.name().equals(name)).toList());
    }

    private static Optional<Entry> named(List<Entry> keys, String name) {
        return keys.stream().filter(key -> key.name().equals(name)).findFirst();
    }

    /// Whether the change made a difference.
    private synchronized boolean change(UnaryOperator<List<Entry>> change) {
        Path folder = folder(file);
        try (FileChannel lock =
                        FileChannel.open(
                                folder.resolve("keys.lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                FileLock _ = lock.lock()) {
            List<Entry> before = list();
            List<Entry> after = change.apply(before);
            if (after.equals(before)) {
                return false;
            }
            write(file, JsonMapper.shared().writeValueAsString(new Ring(after)));
            return true;
        } catch (IOException e) {
            throw new AccessException("The keys in " + file + " can't be changed.", e);
        }
    }

    /// Makes the folder of `file`, for its owner alone.
    static Path folder(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IllegalArgumentException("a key's file is in a folder: " + file);
        }
        try {
            return Files.createDirectories(folder, OWNER_FOLDER);
        } catch (IOException e) {
            throw new AccessException("The folder " + folder + " can't be made.", e);
        }
    }

    /// Writes a file that appears whole, readable by its owner alone from its first moment on.
    static void write(Path file, String text) throws IOException {
        Path fresh = Files.createTempFile(folder(file), ".key", ".part", OWNER_ONLY);
        try {
            Files.writeString(fresh, text);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
