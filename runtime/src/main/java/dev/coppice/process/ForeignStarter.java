package dev.coppice.process;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Starts programs by `posix_spawn`. One platform thread waits for all of them and completes their
/// futures; it also reaps what they orphan, which the system hands to this process.
final class ForeignStarter implements Starter {
    /// How often orphans are looked at, and how long a closed starter's thread may linger.
    private static final Duration TICK = Duration.ofSeconds(1);

    /// How many programs may be starting at once.
    private static final int STARTING_MAX = 16;

    private record Watched(int descriptor, CompletableFuture<Started.End> end) {}

    private record Zombie(long pid, long startTicks) {}

    private final Libc libc = new Libc();
    private final ProcessTable table;
    private final Map<Long, Watched> watched = new ConcurrentHashMap<>();

    /// `posix_spawn` returns when the program's image is loaded. On a busy machine that takes
    /// milliseconds, which a virtual thread may not spend in a foreign call: it would hold its
    /// carrier.
    private final ThreadPoolExecutor starting =
            new ThreadPoolExecutor(
                    STARTING_MAX,
                    STARTING_MAX,
                    10,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    Thread.ofPlatform().daemon().name("coppice-start-", 1).factory());

    private volatile boolean closed;

    /// Dead orphans at the last look. Only the waiting thread uses it.
    private Set<Zombie> zombies = Set.of();

    ForeignStarter(ProcessTable table) {
        this.table = table;
        starting.allowCoreThreadTimeOut(true);
        Thread.ofPlatform().daemon().name("coppice-children").start(this::waitForAll);
    }

    /// Whether foreign calls fit this machine and are allowed without a warning.
    static boolean fits() {
        return ProcFiles.exist() && ForeignStarter.class.getModule().isNativeAccessEnabled();
    }

    @Override
    public Started start(Program program) {
        if (closed) {
            throw CannotStartException.refused(program.name(), "everything is being ended");
        }
        long pid = spawn(program);
        try {
            // Nobody reaps it before it is watched, so that it is there, dead or alive.
            long startTicks = table.source().row(pid).orElseThrow().startTicks();
            return watch(pid, startTicks, true, libc.openProcess(pid).orElseThrow());
        } catch (RuntimeException e) { // what can't be watched may not run
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            throw CannotStartException.refused(program.name(), e);
        }
    }

    /// An interrupt does not end this: a process that starts must be known.
    private long spawn(Program program) {
        if (!Thread.currentThread().isVirtual()) {
            return libc.spawn(program);
        }
        try {
            return CompletableFuture.supplyAsync(() -> libc.spawn(program), starting).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof CannotStartException cannot) {
                throw cannot;
            }
            throw e;
        }
    }

    @Override
    public Started watch(Identity identity) {
        Optional<Integer> descriptor = libc.openProcess(identity.pid());
        if (descriptor.isPresent() && table.isAlive(identity)) {
            return watch(identity.pid(), identity.startTicks(), false, descriptor.get());
        }
        descriptor.ifPresent(libc::close);
        return new Started(
                identity.pid(),
                identity.startTicks(),
                false,
                CompletableFuture.completedFuture(Started.End.UNTOLD));
    }

    private Started watch(long pid, long startTicks, boolean isChild, int descriptor) {
        CompletableFuture<Started.End> end = new CompletableFuture<>();
        watched.put(pid, new Watched(descriptor, end));
        try {
            libc.watch(descriptor, pid);
        } catch (RuntimeException e) {
            watched.remove(pid);
            libc.close(descriptor);
            throw e;
        }
        return new Started(pid, startTicks, isChild, end);
    }

    private void waitForAll() {
        try {
            long looked = System.nanoTime();
            while (!closed) {
                libc.awaitEnded(TICK).forEach(this::tellEnd);
                if (System.nanoTime() - looked > TICK.toNanos()) {
                    looked = System.nanoTime();
                    reapOrphans();
                }
            }
        } finally {
            closed = true;
            libc.closeEpoll();
            IllegalStateException cause = new IllegalStateException("nobody waits for it any more");
            watched.values().forEach(it -> it.end().completeExceptionally(cause));
        }
    }

    private void tellEnd(long pid) {
        Watched ended = watched.remove(pid);
        if (ended != null) {
            libc.close(ended.descriptor());
            ended.end().complete(libc.reap(pid).orElse(Started.End.UNTOLD));
        }
    }

    /// Reaps orphans that were dead a tick ago already. By then Java has long reaped what it
    /// started itself and may have been listed among them.
    private void reapOrphans() {
        Set<Zombie> dead = new HashSet<>();
        for (long pid : handedToUs().orElse(List.of())) {
            table.source()
                    .row(pid)
                    .filter(ProcessTable.Row::isZombie)
                    .ifPresent(row -> dead.add(new Zombie(pid, row.startTicks())));
        }
        for (Zombie zombie : dead) {
            if (zombies.contains(zombie)) {
                reap(zombie.pid());
            }
        }
        zombies = dead;
    }

    @Override
    public Optional<List<Long>> orphans(Started started) {
        return started.leavesOrphansToUs() ? handedToUs() : Optional.empty();
    }

    private Optional<List<Long>> handedToUs() {
        return table.source()
                .adopted()
                .map(pids -> pids.stream().filter(pid -> !watched.containsKey(pid)).toList());
    }

    @Override
    public void reap(long pid) {
        libc.reap(pid);
    }

    @Override
    public void close() {
        closed = true;
        starting.shutdown();
    }
}
