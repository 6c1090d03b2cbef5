package dev.coppice.process;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// The processes that one started process stands for: what it started, what these started, and so
/// on, also when they left its session or lost their parents. Used by one thread at a time.
///
/// A living process belongs to the tree when it was seen to belong before (the first one always
/// was), carries the marker in its environment, is in a session that one of the tree leads or led,
/// or is a child of one that belongs. Never among them are this process and its ancestors, though
/// they may carry the marker themselves.
final class Tree {
    /// How long killed processes may take to be gone, and how often they are looked for at least: a
    /// machine that stood still meanwhile has not waited. Only what hangs in the kernel (a dead network
    /// drive) takes longer, and nothing can be done about it.
    private static final long KILL_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

    private static final int KILLS_MIN = 100;

    /// How often all is listed again while a tree ends politely, for processes that were forked
    /// meanwhile.
    private static final long LIST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final ProcessTable table;
    private final Optional<Marker> marker;

    /// All that were ever seen to belong, by number; dead ones stay, since their sessions may live
    /// on.
    private final Map<Long, ProcessTable.Row> seen = new HashMap<>();

    /// What `first` started, and what carries the marker, whoever started it.
    Tree(ProcessTable table, Optional<Identity> first, Marker marker) {
        this.table = table;
        this.marker = Optional.of(marker);
        first.ifPresent(it -> see(it.pid(), it.startTicks()));
    }

    /// What `first` started, and what carries the marker.
    Tree(ProcessTable table, Started first, Optional<Marker> marker) {
        this.table = table;
        this.marker = marker;
        see(first.pid(), first.startTicks());
    }

    private void see(long pid, long startTicks) {
        seen.put(pid, new ProcessTable.Row(pid, 0, pid, false, startTicks, 0, 0));
    }

    /// Whose environments a listing reads.
    enum Search {
        /// Those of processes that lost their parent: enough from day to day.
        ORPHANS,
        /// All: finds also what an unknown process took in.
        ALL
    }

    /// How an end went.
    ///
    /// @param found how many processes lived when it began or came to life since
    /// @param survivors how many could not be ended
    record Felled(int found, int survivors) {
        static final Felled NONE = new Felled(0, 0);
    }

    /// The living processes of the tree in this snapshot.
    Collection<ProcessTable.Row> members(ProcessTable.Snapshot snapshot, Search search) {
        Set<Long> ours = lineOfThisProcess(snapshot);
        Deque<ProcessTable.Row> unvisited = new ArrayDeque<>();
        for (ProcessTable.Row row : snapshot.rows()) {
            boolean isSearched = search == Search.ALL || isOrphan(row);
            if (wasSeen(row, snapshot.row(row.session()))
                    || (isSearched && marker.isPresent() && snapshot.carries(row, marker.get()))) {
                unvisited.add(row);
            }
        }
        Map<Long, ProcessTable.Row> members = new LinkedHashMap<>();
        while (!unvisited.isEmpty()) {
            ProcessTable.Row row = unvisited.remove();
            if (!row.isZombie()
                    && !ours.contains(row.pid())
                    && members.put(row.pid(), row) == null) {
                unvisited.addAll(snapshot.children(row.pid()));
            }
        }
        seen.putAll(members);
        return members.values();
    }

    /// Whether one of these processes belongs. They are all that orphans are handed to this
    /// process, so that nothing else can be left once the first one has ended: a listing of all is
    /// saved.
    boolean hasOneOf(List<Long> orphans) {
        for (long pid : orphans) {
            Optional<ProcessTable.Row> row = table.source().row(pid).filter(it -> !it.isZombie());
            if (row.isPresent()
                    && (wasSeen(row.get(), table.source().row(row.get().session()))
                            || marker.filter(it -> it.isIn(table.source().environment(pid)))
                                    .isPresent())) {
                return true;
            }
        }
        return false;
    }

    /// Whether it was seen to belong, or is in a session led by one that was.
    private boolean wasSeen(ProcessTable.Row row, Optional<ProcessTable.Row> leaderNow) {
        ProcessTable.Row before = seen.get(row.pid());
        if (before != null && before.isSameAs(row)) {
            return true;
        }
        ProcessTable.Row leader = seen.get(row.session());
        return leader != null && leaderNow.map(leader::isSameAs).orElse(true);
    }

    private static boolean isOrphan(ProcessTable.Row row) {
        return row.parent() == 1 || row.parent() == ProcessHandle.current().pid();
    }

    private static Set<Long> lineOfThisProcess(ProcessTable.Snapshot snapshot) {
        Set<Long> line = new HashSet<>();
        Optional<ProcessTable.Row> next = snapshot.row(ProcessHandle.current().pid());
        while (next.isPresent() && line.add(next.get().pid())) {
            next = snapshot.row(next.get().parent());
        }
        return line;
    }

    /// Numbers of all that were ever seen to belong.
    Set<Long> pidsSeen() {
        return Set.copyOf(seen.keySet());
    }

    /// Ends the whole tree: SIGTERM to each process, `grace` for it to follow, then SIGKILL until
    /// none is left.
    ///
    /// @param spared gets no SIGTERM, since it ends by itself after the others: the shell that
    ///     writes down the exit code; 0 for none
    /// @param hurry asked again and again; true cuts the grace short
    Felled end(Duration grace, long spared, BooleanSupplier hurry) {
        Map<Long, ProcessTable.Row> found = new HashMap<>();
        terminate(grace, spared, hurry, found);
        int survivors = kill(found);
        return new Felled(found.size(), survivors);
    }

    private void terminate(
            Duration grace, long spared, BooleanSupplier hurry, Map<Long, ProcessTable.Row> found) {
        if (grace.isZero() || hurry.getAsBoolean()) {
            return;
        }
        long listed = System.nanoTime();
        long pause = FIRST_PAUSE_NANOS;
        Collection<ProcessTable.Row> alive = members(table.since(listed), Search.ALL);
        ask(alive, spared, found);
        long begin = System.nanoTime(); // the grace is theirs, however long the listing took
        while (!alive.isEmpty()
                && !hurry.getAsBoolean()
                && System.nanoTime() - begin < grace.toNanos()) {
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            alive = stillAlive(alive);
            if (alive.isEmpty() || System.nanoTime() - listed > LIST_NANOS) {
                listed = System.nanoTime();
                alive = members(table.since(listed), Search.ALL);
                ask(alive, spared, found);
            }
        }
    }

    private static void ask(
            Collection<ProcessTable.Row> alive, long spared, Map<Long, ProcessTable.Row> found) {
        for (ProcessTable.Row row : alive) {
            if (found.put(row.pid(), row) == null && row.pid() != spared) {
                ProcessHandle.of(row.pid()).ifPresent(ProcessHandle::destroy);
            }
        }
    }

    private int kill(Map<Long, ProcessTable.Row> found) {
        long begin = System.nanoTime();
        Collection<ProcessTable.Row> alive = members(table.since(begin), Search.ALL);
        for (int kills = 0;
                !alive.isEmpty()
                        && (kills < KILLS_MIN || System.nanoTime() - begin < KILL_NANOS_MAX);
                kills++) {
            for (ProcessTable.Row row : alive) {
                found.put(row.pid(), row);
                ProcessHandle.of(row.pid()).ifPresent(ProcessHandle::destroyForcibly);
            }
            long pause = FIRST_PAUSE_NANOS;
            while (pause <= LONGEST_PAUSE_NANOS && !stillAlive(alive).isEmpty()) {
                LockSupport.parkNanos(pause);
                pause *= 2;
            }
            alive = members(table.since(System.nanoTime()), Search.ALL);
        }
        return alive.size();
    }

    private List<ProcessTable.Row> stillAlive(Collection<ProcessTable.Row> rows) {
        return rows.stream().filter(row -> table.isAlive(row.pid(), row.startTicks())).toList();
    }
}
