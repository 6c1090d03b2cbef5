package dev.coppice.store;

import dev.coppice.engine.EventLogException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/// The version of a store's tables, and the way from an older one.
///
/// The version stands in the file's own header (`PRAGMA user_version`), where it is read in
/// microseconds; Flyway, which takes 100 times as long as all else at an opening, is started only
/// where it has something to do. So each migration sets `user_version` to its number.
///
/// @param locations of the migrations, on the class path
/// @param version the newest of them
record Schema(StoreFile file, List<String> locations, int version, InstantSource clock) {
    static final String LOCATION = "classpath:dev/coppice/store/schema";

    private static final int NEWEST = 1;

    /// Keeps the threads of this process apart; a lock on a file does so for processes only.
    private static final ReentrantLock MIGRATING = new ReentrantLock();

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    /// The schema of this version of the program.
    static Schema of(StoreFile file) {
        return new Schema(file, List.of(LOCATION), NEWEST, InstantSource.system());
    }

    /// Sees to it that the file's tables are of this version.
    ///
    /// @throws EventLogException where they are of a newer one, or can't be migrated
    void bringUpToDate(Connection connection) throws SQLException {
        if (isUpToDate(connection)) {
            return;
        }
        Path lock = file.path().resolveSibling(file.path().getFileName() + ".migrating");
        MIGRATING.lock();
        try (FileChannel channel =
                FileChannel.open(
                        lock,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        StoreFile.OWNER_ALONE)) {
            channel.lock();
            if (!isUpToDate(connection)) {
                migrate(connection);
            }
        } catch (IOException e) {
            throw new EventLogException(
                    "can't lock " + lock + ": make the store's folder writable", e);
        } finally {
            MIGRATING.unlock();
        }
    }

    private boolean isUpToDate(Connection connection) throws SQLException {
        int found = found(connection);
        if (found > version) {
            throw new EventLogException(
                    "the store %s is of version %d, and this program knows %d: use the program that"
                                    .formatted(file.path(), found, version)
                            + " wrote it or a newer one, or put the file away");
        }
        return found == version;
    }

    private static int found(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("pragma user_version")) {
            return row.getInt(1);
        }
    }

    private void migrate(Connection connection) throws SQLException {
        String rescue = "";
        int found = found(connection);
        if (found > 0) {
            Path copy = copy(connection, found);
            rescue = "; it is unchanged, and a copy is " + copy;
        }
        try (Statement statement = connection.createStatement()) {
            // Stays with the file: readers and the writer don't wait for one another.
            statement.execute("pragma journal_mode = wal");
        }
        try {
            Flyway.configure()
                    .loggers("slf4j")
                    .dataSource(file.url(), null, null)
                    .locations(locations.toArray(String[]::new))
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new EventLogException(
                    "the store %s can't be brought to version %d: %s%s"
                            .formatted(file.path(), version, e.getMessage(), rescue),
                    e);
        }
    }

    /// Copies the whole store beside itself, including what is not in its main file yet.
    private Path copy(Connection connection, int found) throws SQLException {
        String name =
                file.path().getFileName() + ".v" + found + "-" + STAMP.format(clock.instant());
        Path copy = file.path().resolveSibling(name);
        try {
            Files.createFile(copy, StoreFile.OWNER_ALONE);
        } catch (IOException e) {
            throw new EventLogException("can't copy the store before its migration: " + copy, e);
        }
        try (PreparedStatement vacuum = connection.prepareStatement("vacuum into ?")) {
            vacuum.setString(1, copy.toString());
            vacuum.execute();
        }
        return copy;
    }
}
