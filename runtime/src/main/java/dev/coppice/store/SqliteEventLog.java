package dev.coppice.store;

import dev.coppice.engine.EventLogException;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// The event log in a SQLite file. One connection reads, one writes ([GroupCommit]), one looks for
/// what other processes write ([Watcher]); in SQLite's WAL mode none of them waits for another.
final class SqliteEventLog implements Store {
    private final StoreFile file;
    private final Watcher watcher;
    private final GroupCommit commits;

    private final ReentrantLock reading = new ReentrantLock();
    // Guarded by the lock.
    private final Connection reader;
    private boolean closed;

    private SqliteEventLog(StoreFile file, Connection reader) {
        this.file = file;
        this.reader = reader;
        this.watcher = new Watcher(file);
        this.commits = new GroupCommit(file, watcher::wake);
    }

    static SqliteEventLog open(StoreFile file) {
        return open(file, Schema.of(file));
    }

    static SqliteEventLog open(StoreFile file, Schema schema) {
        file.create();
        try {
            Connection reader = file.connect();
            try {
                schema.bringUpToDate(reader);
                return new SqliteEventLog(file, reader);
            } catch (SQLException | RuntimeException e) {
                reader.close();
                throw e;
            }
        } catch (SQLException e) {
            throw file.failure(e);
        }
    }

    @Override
    public boolean append(JobId job, long expected, Instant at, List<Event> events) {
        List<String> jsons = events.stream().map(EventJson::write).toList();
        return commits.append(job, expected, at.toString(), jsons);
    }

    @Override
    public List<Recorded> read(JobId job, long after, int max) {
        List<Row> rows =
                query(
                        "select sequence, at, json from event where job = ? and sequence > ?"
                                + " order by sequence limit ?",
                        select -> {
                            select.setString(1, job.value());
                            select.setLong(2, after);
                            select.setInt(3, max);
                            return rows(select);
                        });
        return rows.stream().map(row -> recorded(job, row)).toList();
    }

    @Override
    public Optional<Recorded> last(JobId job) {
        List<Row> rows =
                query(
                        "select sequence, at, json from event where job = ?"
                                + " order by sequence desc limit 1",
                        select -> {
                            select.setString(1, job.value());
                            return rows(select);
                        });
        return rows.stream().findFirst().map(row -> recorded(job, row));
    }

    @Override
    public List<JobId> jobs() {
        return query(
                "select job from head order by job desc",
                select -> {
                    List<JobId> jobs = new ArrayList<>();
                    try (ResultSet row = select.executeQuery()) {
                        while (row.next()) {
                            jobs.add(job(row.getString(1)));
                        }
                    }
                    return jobs;
                });
    }

    @Override
    public Subscription subscribe(Consumer<JobId> listener) {
        try {
            return watcher.subscribe(listener);
        } catch (SQLException e) {
            throw file.failure(e);
        }
    }

    /// On a connection of its own, since a long history takes long.
    @Override
    public Chain verify(JobId job) {
        try (Connection connection = file.connect()) {
            return ChainCheck.of(job, connection);
        } catch (SQLException e) {
            throw file.failure(e);
        }
    }

    @Override
    public void close() {
        commits.close();
        watcher.close();
        reading.lock();
        try {
            closed = true;
            reader.close();
        } catch (SQLException e) {
            throw file.failure(e);
        } finally {
            reading.unlock();
        }
    }

    /// An event as it is stored.
    private record Row(long sequence, String at, String json) {}

    @FunctionalInterface
    private interface Query<T> {
        T on(PreparedStatement select) throws SQLException;
    }

    private <T> T query(String sql, Query<T> query) {
        reading.lock();
        try {
            if (closed) {
                throw file.closed();
            }
            try (PreparedStatement select = reader.prepareStatement(sql)) {
                return query.on(select);
            }
        } catch (SQLException e) {
            throw file.failure(e);
        } finally {
            reading.unlock();
        }
    }

    private static List<Row> rows(PreparedStatement select) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                rows.add(new Row(row.getLong(1), row.getString(2), row.getString(3)));
            }
        }
        return rows;
    }

    private JobId job(String text) {
        return JobId.parse(text)
                .orElseThrow(() ->
                        new EventLogException(
                                "the store %s was changed: it has a job \"%s\""
                                        .formatted(file.path(), text)));
    }

    private Recorded recorded(JobId job, Row row) {
        try {
            Event event = EventJson.read(row.json());
            return new Recorded(job, row.sequence(), Instant.parse(row.at()), event);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new EventLogException(
                    ("event %d of job %s in the store %s can't be read (%s): it was written by a"
                                    + " newer version, or changed: coppice verify %s")
                            .formatted(row.sequence(), job, file.path(), e.getMessage(), job),
                    e);
        }
    }
}
