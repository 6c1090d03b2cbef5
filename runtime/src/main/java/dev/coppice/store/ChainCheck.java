package dev.coppice.store;

import dev.coppice.model.JobId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/// Recomputes the chain of a job.
final class ChainCheck {
    private ChainCheck() {}

    /// @param connection not in a transaction
    static Chain of(JobId job, Connection connection) throws SQLException {
        // One transaction, so that the events and the head are of the same moment.
        connection.setAutoCommit(false);
        Optional<Link> head = head(job, connection);
        Link last = Link.START;
        try (PreparedStatement select =
                connection.prepareStatement(
                        "select sequence, at, json, hash from event where job = ?"
                                + " order by sequence")) {
            select.setString(1, job.value());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    long sequence = row.getLong(1);
                    if (sequence != last.sequence() + 1) {
                        return broken(last, "is missing: the next one there is " + sequence);
                    }
                    Link link = last.next(job, row.getString(2), row.getString(3));
                    if (!link.hash().equals(row.getString(4))) {
                        return broken(last, "is not what was stored there: " + unequal(row, link));
                    }
                    last = link;
                }
            }
        }
        return atTheEnd(last, head.orElse(Link.START));
    }

    private static Chain atTheEnd(Link last, Link head) {
        if (last.sequence() < head.sequence()) {
            return broken(last, "is missing: there were " + head.sequence() + " events");
        }
        if (!last.equals(head)) {
            return new Chain.Broken(
                    last.sequence(),
                    "event %d is not the last one known, which is %d with the hash %s"
                            .formatted(last.sequence(), head.sequence(), head.hash()));
        }
        return new Chain.Verified(last.sequence(), last.hash());
    }

    private static Chain broken(Link last, String what) {
        long sequence = last.sequence() + 1;
        return new Chain.Broken(sequence, "event " + sequence + " " + what);
    }

    private static String unequal(ResultSet row, Link link) throws SQLException {
        return "its hash is " + row.getString(4) + ", its content gives " + link.hash();
    }

    private static Optional<Link> head(JobId job, Connection connection) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select sequence, hash from head where job = ?")) {
            select.setString(1, job.value());
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new Link(row.getLong(1), row.getString(2)))
                        : Optional.empty();
            }
        }
    }
}
