package dev.coppice.attempt;

import dev.coppice.process.Child;
import dev.coppice.process.Launch;
import dev.coppice.process.Processes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Whether a running attempt is asked to end, how long it waited for jobs that it started, the pass that its
/// agent has, and the child that it waits for. Safe for use by many threads.
final class Running {
    private final ReentrantLock lock = new ReentrantLock();
    private boolean stopped;
    private boolean killed;
    private final Optional<Passes.Issued> pass;
    private final Papers papers;
    private long waitedNanos;
    private long waitingSince;
    private boolean isWaiting;
    private volatile boolean hasStartedJobs;
    private @Nullable Child child;
    private final CountDownLatch over = new CountDownLatch(1);

    Running(Optional<Passes.Issued> pass, Papers papers) {
        this.pass = pass;
        this.papers = papers;
    }

    /// By which the agent gives its result back.
    Papers papers() {
        return papers;
    }

    Optional<Passes.Issued> pass() {
        return pass;
    }

    /// Asks for the end; `now` leaves no time for a polite one.
    void stop(boolean now) {
        lock.lock();
        try {
            stopped = true;
            killed |= now;
            tell();
        } finally {
            lock.unlock();
        }
    }

    /// The attempt is over, and does nothing more.
    void ended() {
        over.countDown();
    }

    void awaitEnd() throws InterruptedException {
        over.await();
    }

    boolean isStopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /// Whether the attempt waits for jobs that it started; meanwhile its child's clocks stand still.
    void waits(boolean waits) {
        lock.lock();
        try {
            long now = System.nanoTime();
            waitedNanos = waitedNanos(now);
            waitingSince = now;
            isWaiting = waits;
            Child waitedFor = child;
            if (waitedFor != null) {
                setClocks(waitedFor);
            }
        } finally {
            lock.unlock();
        }
    }

    /// The agent says that it is at work: its child's idle clock begins anew.
    void signOfLife() {
        lock.lock();
        try {
            Child waitedFor = child;
            if (waitedFor != null) {
                waitedFor.signOfLife();
            }
        } finally {
            lock.unlock();
        }
    }

    void startedJob() {
        hasStartedJobs = true;
    }

    /// Whether the attempt ever started a job.
    boolean hasStartedJobs() {
        return hasStartedJobs;
    }

    /// How long the attempt has waited for jobs that it started.
    Duration waited() {
        lock.lock();
        try {
            return Duration.ofNanos(waitedNanos(System.nanoTime()));
        } finally {
            lock.unlock();
        }
    }

    private long waitedNanos(long now) {
        return isWaiting ? waitedNanos + (now - waitingSince) : waitedNanos;
    }

    private void setClocks(Child running) {
        if (isWaiting) {
            running.pause();
        } else {
            running.resume();
        }
    }

    /// Starts a child, which ends when this attempt is asked to, also where that was before.
    Child start(Processes processes, Launch launch) {
        lock.lock();
        try {
            Child started = processes.start(launch);
            child = started;
            setClocks(started);
            tell();
            return started;
        } finally {
            lock.unlock();
        }
    }

    private void tell() {
        Child waitedFor = child;
        if (waitedFor == null || !stopped) {
            return;
        }
        if (killed) {
            waitedFor.kill();
        } else {
            waitedFor.stop();
        }
    }
}
