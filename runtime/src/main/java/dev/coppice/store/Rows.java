package dev.coppice.store;

import dev.coppice.model.JobId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The connection that writes, and its statements. Used by one thread. After a failure it is closed,
/// which undoes its transaction, and not used again.
final class Rows implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement begin;
    private final PreparedStatement commit;
    private final PreparedStatement findHead;
    private final PreparedStatement addEvent;
    private final PreparedStatement putHead;

    private Rows(Connection connection) throws SQLException {
        this.connection = connection;
        // Immediate: whoever reads the head has the right to write, so nobody comes in between.
        begin = connection.prepareStatement("begin immediate");
        commit = connection.prepareStatement("commit");
        findHead = connection.prepareStatement("select sequence, hash from head where job = ?");
        addEvent =
                connection.prepareStatement(
                        "insert into event (job, sequence, at, json, hash) values (?, ?, ?, ?, ?)");
        putHead =
                connection.prepareStatement(
                        "insert into head (job, sequence, hash) values (?, ?, ?) on conflict (job)"
                                + " do update set sequence = excluded.sequence, hash ="
                                + " excluded.hash");
    }

    static Rows open(StoreFile file) throws SQLException {
        Connection connection = file.connect();
        try {
            return new Rows(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    void begin() throws SQLException {
        begin.execute();
    }

    void commit() throws SQLException {
        commit.execute();
    }

    /// Adds, within the transaction, those that come next in their job when their turn is there.
    ///
    /// @return for each whether it was added
    List<Boolean> add(List<Append> appends) throws SQLException {
        Map<JobId, Link> moved = new HashMap<>();
        List<Boolean> added = new ArrayList<>(appends.size());
        for (Append append : appends) {
            Link head = moved.get(append.job());
            if (head == null) {
                head = head(append.job());
            }
            boolean isNext = head.sequence() + 1 == append.expected();
            if (isNext && !append.jsons().isEmpty()) {
                moved.put(append.job(), add(head, append));
            }
            added.add(isNext);
        }
        for (Map.Entry<JobId, Link> entry : moved.entrySet()) {
            putHead(entry.getKey(), entry.getValue());
        }
        return added;
    }

    private Link add(Link head, Append append) throws SQLException {
        Link last = head;
        for (String json : append.jsons()) {
            last = last.next(append.job(), append.at(), json);
            addEvent.setString(1, append.job().value());
            addEvent.setLong(2, last.sequence());
            addEvent.setString(3, append.at());
            addEvent.setString(4, json);
            addEvent.setString(5, last.hash());
            addEvent.executeUpdate();
        }
        return last;
    }

    private Link head(JobId job) throws SQLException {
        findHead.setString(1, job.value());
        try (ResultSet row = findHead.executeQuery()) {
            return row.next() ? new Link(row.getLong(1), row.getString(2)) : Link.START;
        }
    }

    private void putHead(JobId job, Link head) throws SQLException {
        putHead.setString(1, job.value());
        putHead.setLong(2, head.sequence());
        putHead.setString(3, head.hash());
        putHead.executeUpdate();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
