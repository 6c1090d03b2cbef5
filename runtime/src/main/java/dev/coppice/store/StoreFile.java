package dev.coppice.store;

import dev.coppice.engine.EventLogException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteException;

/// Where a store is: how it is reached, and what its failures mean to a person.
///
/// @param path absolute
/// @param parameters for the driver, with their leading `?`; empty: none
record StoreFile(Path path, String parameters) {
    /// How long one process waits while others write. They write in milliseconds: past this,
    /// something is wrong.
    private static final Duration BUSY_MAX = Duration.ofSeconds(30);

    private static final Pattern URL = Pattern.compile("jdbc:sqlite:(.+?)(\\?\\w+=[^/]*)?");

    /// What a new file gets, so that only its owner can read it.
    static final FileAttribute<?> OWNER_ALONE = permissions("rw-------");

    // The primary result codes of SQLite that a person can do something about.
    private static final int PERMISSION = 3;
    private static final int BUSY = 5;
    private static final int LOCKED = 6;
    private static final int READ_ONLY = 8;
    private static final int CORRUPT = 11;
    private static final int FULL = 13;
    private static final int CANNOT_OPEN = 14;
    private static final int NOT_A_DATABASE = 26;

    static StoreFile of(Path path) {
        return new StoreFile(path.toAbsolutePath().normalize(), "");
    }

    static StoreFile of(String url) {
        Matcher form = URL.matcher(url);
        if (!form.matches() || form.group(1).startsWith(":")) {
            // Not the whole of it: the URL of a server may have a password.
            throw new EventLogException(
                    "not the URL of a store: "
                            + url.replaceFirst("//.*", "//…")
                            + ": it has the form jdbc:sqlite:PATH");
        }
        String parameters = form.group(2) == null ? "" : form.group(2);
        return new StoreFile(Path.of(form.group(1)).toAbsolutePath().normalize(), parameters);
    }

    /// Makes the file, empty, where there is none: only its owner can read it, and what SQLite puts
    /// beside it.
    void create() {
        if (Files.isRegularFile(path)) {
            return;
        }
        if (Files.exists(path)) {
            throw new EventLogException("the store " + path + " is not a file");
        }
        try {
            Files.createDirectories(path.getParent(), permissions("rwx------"));
            Files.createFile(path, OWNER_ALONE);
        } catch (FileAlreadyExistsException e) {
            // By another process, a moment ago; or a file has the name of the store's folder.
            if (!Files.isRegularFile(path)) {
                throw unmakeable(e);
            }
        } catch (IOException e) {
            throw unmakeable(e);
        }
    }

    private EventLogException unmakeable(IOException cause) {
        return new EventLogException(
                "can't make the store " + path + ": make its folder writable", cause);
    }

    private static FileAttribute<?> permissions(String text) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
    }

    /// The URL for the driver. The path goes in the form of a URI, in which no character of a
    /// folder's name means anything to the driver.
    String url() {
        return "jdbc:sqlite:" + path.toUri().toASCIIString() + parameters;
    }

    /// A new connection. What it commits is on the disk when the commit returns.
    Connection connect() throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setSynchronous(SynchronousMode.FULL);
        config.setBusyTimeout(Math.toIntExact(BUSY_MAX.toMillis()));
        return JDBC.createConnection(url(), config.toProperties());
    }

    EventLogException closed() {
        return new EventLogException("the store " + path + " is closed");
    }

    /// What to tell a person about a failure of the driver.
    EventLogException failure(SQLException cause) {
        return new EventLogException("the store " + path + " " + meaning(cause), cause);
    }

    private static String meaning(SQLException cause) {
        if (!(cause instanceof SQLiteException failure)) {
            return "failed: " + cause.getMessage();
        }
        // The lowest 8 bits are the primary code; the others tell it more finely.
        return switch (failure.getResultCode().code & 0xff) {
            case FULL -> "has no space left: free some on its disk, then resume the job";
            case BUSY, LOCKED ->
                    "was in use by another process for more than "
                            + BUSY_MAX.toSeconds()
                            + " s: end that one, then try again";
            case CORRUPT, NOT_A_DATABASE ->
                    "is damaged: keep a copy of it, then take from it what can be read with"
                            + " `sqlite3 FILE .recover`, or put it away and begin anew";
            case READ_ONLY, CANNOT_OPEN, PERMISSION ->
                    "can't be opened for writing: look at the permissions of it and its folder";
            default -> "failed: " + failure.getMessage();
        };
    }
}
