package dev.coppice.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The room's door: runs programs, and answers for every process they leave. Safe for use by many
/// threads. One is enough for a whole process, and it costs next to nothing until it is used.
///
/// Children are started by `posix_spawn` through foreign calls where these fit (Linux with glibc,
/// native access enabled for the module), else by [ProcessBuilder]; the system property
/// `coppice.starter=builder` asks for the latter. The first foreign call makes this process the one
/// that orphaned descendants are handed to (`PR_SET_CHILD_SUBREAPER`), and costs some 100 ms, so
/// that short commands do without until a child is started.
public final class Processes implements AutoCloseable {
    /// How old a listing of processes may be for a sample: many are asked for at once.
    private static final long SAMPLE_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final ProcessTable table = ProcessTable.ofThisMachine();
    private final Starter builder = new BuilderStarter(table);
    private final boolean foreignFits;
    private final ReentrantLock loading = new ReentrantLock();
    private final Set<Child> children = ConcurrentHashMap.newKeySet();
    private final Set<Started> commands = ConcurrentHashMap.newKeySet();

    /// Held for reading while a program is started and not yet among those that run: so that who
    /// closes this finds all.
    private final ReadWriteLock starts = new ReentrantReadWriteLock();

    // Guarded by `starts`.
    private boolean isClosed;

    private volatile @Nullable Starter foreign;

    private Processes(boolean foreignFits) {
        this.foreignFits = foreignFits;
    }

    /// Opens the door.
    public static Processes open() {
        return ofStarter(System.getProperty("coppice.starter", "foreign"));
    }

    /// With this way of starting children, where it fits.
    static Processes ofStarter(String name) {
        return switch (name) {
            case "foreign" -> new Processes(ForeignStarter.fits());
            case "builder" -> new Processes(false);
            default ->
                    throw new IllegalArgumentException(
                            "coppice.starter is foreign or builder, not " + name);
        };
    }

    /// Runs a short program to its end, in a session of its own, and returns how it ended and what
    /// it wrote. Its whole process tree is ended when a limit passes or the caller is interrupted;
    /// what it leaves behind when it ends by itself is not looked for. For a caller who is
    /// interrupted already nothing is started.
    ///
    /// @throws CannotStartException when it can't be started; the message names what is missing
    public Finished run(Command command) throws InterruptedException {
        Starter loaded = foreign;
        Starter starter = loaded == null ? builder : loaded;
        return new Commands(program -> started(starter, program), table, commands).run(command);
    }

    /// Loads ahead of time what the first child would wait for; commands are then quicker, too.
    /// Worth it, in a thread of its own, for a process that will start children soon.
    public void prepare() {
        starter();
    }

    /// Starts a child in a session of its own and watches over it.
    ///
    /// @throws CannotStartException when it can't be started; the message names what is missing
    public Child start(Launch launch) {
        Starter starter = starter();
        Program program = Program.of(launch);
        return unlessClosed(
                program,
                () ->
                        watch(
                                starter.start(program),
                                starter,
                                launch.files(),
                                launch.marker(),
                                launch.limits()));
    }

    private Started started(Starter starter, Program program) {
        return unlessClosed(
                program,
                () -> {
                    Started started = starter.start(program);
                    commands.add(started);
                    return started;
                });
    }

    /// Starts a program and has it among those that run.
    private <T> T unlessClosed(Program program, Supplier<T> start) {
        starts.readLock().lock();
        try {
            if (isClosed) {
                throw CannotStartException.refused(program.name(), "everything is being ended");
            }
            return start.get();
        } finally {
            starts.readLock().unlock();
        }
    }

    /// Takes up a child that another process had started, with limits that begin now. Nothing when
    /// it no longer lives; then [ChildFiles#exit] may say how it ended, and [#reap] ends what it
    /// left.
    ///
    /// @param files what it was started with; its exit code's file among them, since only its
    ///     parent is told otherwise
    public Optional<Child> adopt(
            Identity identity, ChildFiles files, Marker marker, Limits limits) {
        if (!isAlive(identity)) {
            return Optional.empty();
        }
        Starter starter = starter();
        return Optional.of(watch(starter.watch(identity), starter, files, marker, limits));
    }

    /// The file that would be started: from `directory` where the program's name has a slash, else the first of this
    /// environment's `PATH`. Empty where there is none.
    public static Optional<Path> find(
            String program, Path directory, Map<String, String> environment) {
        return Program.search(program, directory, environment);
    }

    /// Who this process is.
    public Identity self() {
        long pid = ProcessHandle.current().pid();
        return new Identity(
                pid,
                table.source().row(pid).map(ProcessTable.Row::startTicks).orElse(0L),
                table.source().bootId());
    }

    /// Whether this very process lives, whoever's child it is. False for any process of an earlier
    /// boot.
    public boolean isAlive(Identity identity) {
        return table.isAlive(identity);
    }

    /// Ends a process, where one is named, every process that carries the marker, and all they
    /// started, with this grace between SIGTERM and SIGKILL, and none once the caller is interrupted.
    /// This process and its ancestors are left alone, even if they carry it.
    ///
    /// @param first as it was written down when it was started; it need not live
    public Reaped reap(Optional<Identity> first, Marker marker, Duration grace) {
        Tree.Felled felled =
                tree(first, marker).end(grace, 0, Thread.currentThread()::isInterrupted);
        return new Reaped(felled.found() - felled.survivors(), felled.survivors());
    }

    /// What a process, where one is named, every process that carries the marker, and all they
    /// started use at this moment, whoever's children they are. Its processor time is what those
    /// that live have used, and those that they waited for. Nothing where none of them lives.
    ///
    /// @param first as it was written down when it was started; it need not live
    public Optional<Resources> sample(Optional<Identity> first, Marker marker) {
        ProcessTable.Snapshot now = table.since(System.nanoTime() - SAMPLE_AGE_NANOS);
        Collection<ProcessTable.Row> members = tree(first, marker).members(now, Tree.Search.ALL);
        if (members.isEmpty()) {
            return Optional.empty();
        }
        Meter meter = new Meter(table.source().ticksPerSecond());
        meter.sample(members);
        return Optional.of(meter.latest());
    }

    /// The living processes that carry a marker of this name, whatever its value, by their numbers. Of
    /// other users' processes nothing can be seen.
    public SortedMap<Long, String> marked(String name) {
        SortedMap<Long, String> marked = new TreeMap<>();
        for (ProcessTable.Row row : table.source().rows()) {
            if (!row.isZombie()) {
                Marker.value(table.source().environment(row.pid()), name)
                        .ifPresent(value -> marked.put(row.pid(), value));
            }
        }
        return marked;
    }

    private Tree tree(Optional<Identity> first, Marker marker) {
        return new Tree(
                table, first.filter(it -> it.bootId().equals(table.source().bootId())), marker);
    }

    /// Ends every child and every program that still runs, and waits for that. None is started any
    /// more.
    @Override
    public void close() {
        starts.writeLock().lock();
        try {
            isClosed = true;
        } finally {
            starts.writeLock().unlock();
        }
        commands.forEach(started -> Commands.stop(table, started));
        List<Child> running = List.copyOf(children);
        running.forEach(Child::stop);
        running.forEach(Child::close);
        builder.close();
        Starter loaded = foreign;
        if (loaded != null) {
            loaded.close();
        }
    }

    private Child watch(
            Started started, Starter starter, ChildFiles files, Marker marker, Limits limits) {
        Identity identity =
                new Identity(started.pid(), started.startTicks(), table.source().bootId());
        Supervision supervision = new Supervision(started, starter, table, files, marker, limits);
        Child child = new Child(identity, files, supervision);
        children.add(child);
        child.watch(children::remove);
        return child;
    }

    private Starter starter() {
        if (!foreignFits) {
            return builder;
        }
        Starter loaded = foreign;
        if (loaded != null) {
            return loaded;
        }
        loading.lock();
        try {
            loaded = foreign;
            if (loaded == null) {
                loaded = new ForeignStarter(table);
                foreign = loaded;
            }
            return loaded;
        } finally {
            loading.unlock();
        }
    }
}
