package dev.coppice.process;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The processes of this machine. Listing them costs milliseconds, so that one snapshot serves all
/// who ask at about the same time.
final class ProcessTable {
    /// One process. Fields that a system doesn't tell are 0.
    ///
    /// @param cpuTicks its own time and that of the children it waited for
    record Row(
            long pid,
            long parent,
            long session,
            boolean isZombie,
            long startTicks,
            long cpuTicks,
            long residentBytes) {
        boolean isSameAs(Row other) {
            return pid == other.pid && startTicks == other.startTicks;
        }
    }

    /// Where the rows come from.
    interface Source {
        List<Row> rows();

        Optional<Row> row(long pid);

        /// The environment a process was started with, as NUL-ended `NAME=VALUE`; empty when it
        /// can't be seen.
        byte[] environment(long pid);

        /// Numbers of the children that orphans join: those of this process's first thread, its own
        /// among them. Nothing where the system doesn't say.
        Optional<List<Long>> adopted();

        /// Which boot of the machine this is; empty where the system doesn't say.
        String bootId();

        long ticksPerSecond();
    }

    /// All processes at about one moment.
    static final class Snapshot {
        private final long beginNanos;
        private final Map<Long, Row> rows;
        private final Map<Long, List<Row>> children;
        private final Map<Long, byte[]> environments = new ConcurrentHashMap<>();
        private final Source source;

        private Snapshot(Source source) {
            this.beginNanos = System.nanoTime();
            this.source = source;
            this.rows =
                    source.rows().stream()
                            .collect(Collectors.toMap(Row::pid, Function.identity(), (a, b) -> b));
            this.children = rows.values().stream().collect(Collectors.groupingBy(Row::parent));
        }

        Iterable<Row> rows() {
            return rows.values();
        }

        Optional<Row> row(long pid) {
            return Optional.ofNullable(rows.get(pid));
        }

        List<Row> children(long pid) {
            return children.getOrDefault(pid, List.of());
        }

        /// Whether this process was started with the marker in its environment.
        boolean carries(Row row, Marker marker) {
            return marker.isIn(environments.computeIfAbsent(row.pid(), source::environment));
        }
    }

    private final Source source;
    private final ReentrantLock taking = new ReentrantLock();
    private volatile @Nullable Snapshot latest;

    ProcessTable(Source source) {
        this.source = source;
    }

    /// The process table of this machine, whatever it is.
    static ProcessTable ofThisMachine() {
        return new ProcessTable(ProcFiles.exist() ? new ProcFiles() : new JavaHandles());
    }

    Source source() {
        return source;
    }

    /// A snapshot that was begun at this moment ([System#nanoTime]) or later.
    Snapshot since(long nanos) {
        Snapshot known = latest;
        if (known != null && known.beginNanos - nanos >= 0) {
            return known;
        }
        taking.lock();
        try {
            known = latest;
            if (known == null || known.beginNanos - nanos < 0) {
                known = new Snapshot(source);
                latest = known;
            }
            return known;
        } finally {
            taking.unlock();
        }
    }

    /// Whether this process lives: there, not a zombie, and not another one under its number.
    boolean isAlive(long pid, long startTicks) {
        return source.row(pid)
                .filter(row -> row.startTicks() == startTicks && !row.isZombie())
                .isPresent();
    }

    boolean isAlive(Identity identity) {
        return !identity.bootId().isEmpty()
                && identity.bootId().equals(source.bootId())
                && isAlive(identity.pid(), identity.startTicks());
    }
}
