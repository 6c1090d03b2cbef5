package dev.coppice.store;

import dev.coppice.model.JobId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.Set;

/// A connection that sees what others commit. Used by one thread at a time.
final class Sight implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement version;
    private final PreparedStatement added;
    private long seenVersion;
    private long seenPosition;

    private Sight(Connection connection) throws SQLException {
        this.connection = connection;
        version = connection.prepareStatement("pragma data_version");
        added =
                connection.prepareStatement(
                        "select position, job from event where position > ? order by position");
        seenVersion = version();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select max(position) from event")) {
            seenPosition = row.getLong(1);
        }
    }

    static Sight open(StoreFile file) throws SQLException {
        Connection connection = file.connect();
        try {
            return new Sight(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /// The jobs to which events were added since the last look.
    Set<JobId> look() throws SQLException {
        Set<JobId> jobs = new LinkedHashSet<>();
        // Asked for before the rows: what is committed in between is looked at again.
        long version = version();
        if (version != seenVersion) {
            long position = seenPosition;
            added.setLong(1, seenPosition);
            try (ResultSet row = added.executeQuery()) {
                while (row.next()) {
                    position = row.getLong(1);
                    JobId.parse(row.getString(2)).ifPresent(jobs::add);
                }
            }
            seenPosition = position;
            seenVersion = version;
        }
        return jobs;
    }

    private long version() throws SQLException {
        try (ResultSet row = version.executeQuery()) {
            return row.getLong(1);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
