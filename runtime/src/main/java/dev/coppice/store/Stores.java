package dev.coppice.store;

import dev.coppice.engine.EventLogException;
import dev.coppice.model.Recorded;
import java.nio.file.Files;
import java.nio.file.Path;

/// Opens the store of a repository's jobs.
///
/// A store is a SQLite file: `jdbc:sqlite:PATH`, perhaps with `?pragma=value&…`. Its folder is made
/// readable by its owner alone, and so is the file. A store of an older version is copied beside
/// itself, then brought up to date; one of a newer version is refused.
public final class Stores {
    private Stores() {}

    /// Opens the store at `url`, and makes it where there is none.
    ///
    /// @param nativeCache a folder of this user's own, where the driver's native library is kept from
    ///     one start to the next (saves about 40 ms)
    /// @throws EventLogException where it can't be opened, with what to do
    public static Store open(String url, Path nativeCache) {
        NativeLibrary.loadFrom(nativeCache);
        return SqliteEventLog.open(StoreFile.of(url));
    }

    /// Opens the store in `file`, and makes it where there is none.
    ///
    /// @throws EventLogException where it can't be opened, with what to do
    public static Store open(Path file) {
        return SqliteEventLog.open(StoreFile.of(file));
    }

    /// Whether there is a store at `url`; looking for it makes none.
    ///
    /// @throws EventLogException where the URL is not that of a store
    public static boolean exists(String url) {
        return Files.exists(StoreFile.of(url).path());
    }

    /// The event as one line of JSON: `job`, `sequence`, `at` and `type` first, then what its type
    /// has, as it is stored.
    public static String json(Recorded recorded) {
        return EventJson.write(recorded);
    }

    /// The event that [#json] has written, by this version or an earlier one.
    ///
    /// @throws IllegalArgumentException where the line is no such event
    public static Recorded recorded(String json) {
        return EventJson.readRecorded(json);
    }
}
