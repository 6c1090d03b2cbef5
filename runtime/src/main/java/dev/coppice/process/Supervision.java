package dev.coppice.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// Watches over one child from its start to its end, in one thread of its own, which owns all that
/// changes here but what others ask: stop, hurry, pause.
final class Supervision {
    /// How often limits are looked at: a quick disk takes some 200 MB in this time.
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /// How often processor time and memory are sampled, and how old a listing may be for that alone.
    private static final long SAMPLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long LISTING_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /// How long the first process's end may take to be told, once its tree is gone.
    private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// Idle is what uses less than this part of a core.
    private static final int IDLE_CORE_PART = 100;

    /// What else could have ended a parent before it wrote down its child's exit code.
    private static final Exit KILLED = new Exit.Signaled(9);

    private final Started started;
    private final Starter starter;
    private final ProcessTable table;
    private final ChildFiles files;
    private final Limits limits;
    private final Tree tree;
    private final Meter meter;
    private final long begin = System.nanoTime();
    private final Stopwatch stopwatch = new Stopwatch();
    private final CompletableFuture<Exit> stopAsked = new CompletableFuture<>();
    private volatile boolean hurry;

    private long sampledAt = begin;
    private long bytesSeen = -1;
    private final AtomicBoolean isAlive = new AtomicBoolean();
    private long idleSince;
    private Duration cpuThen = Duration.ZERO;

    Supervision(
            Started started,
            Starter starter,
            ProcessTable table,
            ChildFiles files,
            Marker marker,
            Limits limits) {
        this.started = started;
        this.starter = starter;
        this.table = table;
        this.files = files;
        this.limits = limits;
        this.tree = new Tree(table, started, Optional.of(marker));
        this.meter = new Meter(table.source().ticksPerSecond());
    }

    void stop() {
        stopAsked.complete(new Exit.Stopped());
    }

    void kill() {
        hurry = true;
        stop();
    }

    Stopwatch stopwatch() {
        return stopwatch;
    }

    Resources resources() {
        return meter.latest();
    }

    /// Returns when the child and all its tree have ended, by themselves or by us.
    Ended run() throws InterruptedException {
        Optional<Exit> cut = watch();
        Tree.Felled felled = cut.isPresent() || hasLeftSomething() ? fell() : Tree.Felled.NONE;
        Optional<Started.End> own =
                started.await(TELL_NANOS) ? Optional.of(started.end()) : Optional.empty();
        return new Ended(
                cut.orElseGet(() -> exit(own)),
                Duration.ofNanos(System.nanoTime() - begin),
                meter.total(own.map(Started.End::cpu).orElse(Duration.ZERO)),
                cut.isPresent() ? 0 : felled.found(),
                felled.survivors());
    }

    /// Waits until it ends by itself, which is nothing, or must be ended, for the reason given.
    private Optional<Exit> watch() throws InterruptedException {
        CompletableFuture<Object> news = CompletableFuture.anyOf(started.onEnd(), stopAsked);
        while (true) {
            long left = limits.wall().toNanos() - stopwatch.nanos();
            try {
                news.get(Math.max(0, Math.min(LOOK_NANOS, left)), TimeUnit.NANOSECONDS);
                return started.onEnd().isDone() ? Optional.empty() : Optional.of(stopAsked.join());
            } catch (TimeoutException nothingNew) {
                Optional<Exit> due = look();
                if (due.isPresent()) {
                    return due;
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("process " + started.pid(), e.getCause());
            }
        }
    }

    /// Looks at the clocks, at the files and, now and then, at the tree; returns which limit has
    /// passed.
    private Optional<Exit> look() {
        if (System.nanoTime() - sampledAt >= SAMPLE_NANOS) {
            sample(LISTING_AGE_NANOS);
        }
        long bytes = files.outputBytes();
        if (bytes > limits.outputBytesMax()) {
            return Optional.of(new Exit.OutputLimit(limits.outputBytesMax()));
        }
        long now = stopwatch.nanos();
        if (now >= limits.wall().toNanos()) {
            return Optional.of(new Exit.TimedOut(Exit.Limit.WALL));
        }
        if (bytes != bytesSeen || stopwatch.isPaused() || isAlive.getAndSet(false)) {
            bytesSeen = bytes;
            beginIdle(now);
        } else if (now - idleSince >= limits.idle().toNanos()) {
            sample(0); // a listing from before would not show what was done since
            if (meter.cpu().minus(cpuThen).toNanos() < (now - idleSince) / IDLE_CORE_PART) {
                return Optional.of(new Exit.TimedOut(Exit.Limit.IDLE));
            }
            beginIdle(now);
        }
        return Optional.empty();
    }

    /// It says itself that it is at work.
    void signOfLife() {
        isAlive.set(true);
    }

    private void beginIdle(long now) {
        idleSince = now;
        cpuThen = meter.cpu();
    }

    private void sample(long ageNanosMax) {
        sampledAt = System.nanoTime();
        meter.sample(tree.members(table.since(sampledAt - ageNanosMax), Tree.Search.ORPHANS));
    }

    private boolean hasLeftSomething() {
        return starter.orphans(started).map(tree::hasOneOf).orElse(true);
    }

    private Tree.Felled fell() {
        long writesExitCode = files.exitCode().isPresent() ? started.pid() : 0;
        Tree.Felled felled = tree.end(limits.stopGrace(), writesExitCode, () -> hurry);
        for (long pid : tree.pidsSeen()) {
            if (pid != started.pid()) {
                starter.reap(pid);
            }
        }
        return felled;
    }

    private Exit exit(Optional<Started.End> own) {
        return files.exit().or(() -> own.flatMap(Started.End::exit)).orElse(KILLED);
    }
}
