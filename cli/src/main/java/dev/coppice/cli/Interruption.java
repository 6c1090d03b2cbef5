package dev.coppice.cli;

import dev.coppice.engine.Engine;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// What Ctrl-C, SIGTERM and SIGHUP do to what this process drives: the first lays it down, the second ends
/// it at once.
final class Interruption {
    private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");
    private static final int SHELL_BASE = 128;

    /// So long the second signal waits for agents to be killed before this process ends without them.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Output out;
    private final String stopping;
    private final Runnable layDown;
    private final Runnable kill;
    private final AtomicInteger first = new AtomicInteger();
    private final CountDownLatch came = new CountDownLatch(1);

    /// @param stopping what the user is told at the first signal
    Interruption(Output out, String stopping, Runnable layDown, Runnable kill) {
        this.out = out;
        this.stopping = stopping;
        this.layDown = layDown;
        this.kill = kill;
    }

    /// From now on signals lay down, or end, the jobs that `engine` drives.
    static Interruption of(Engine engine, Output out) {
        return new Interruption(
                        out,
                        "agents are asked to end, their work is kept",
                        engine::stop,
                        engine::killAll)
                .begin();
    }

    /// From now on signals mean this.
    Interruption begin() {
        SIGNALS.forEach(name -> Signals.handle(name, this::happened));
        return this;
    }

    /// From now on signals end this process, as they do where nobody handles them.
    void end() {
        SIGNALS.forEach(Signals::leave);
    }

    void happened(int signal) {
        if (first.compareAndSet(0, signal)) {
            out.say("stopping: " + stopping + "; once more ends at once");
            layDown.run();
            came.countDown();
            return;
        }
        kill.run();
        Thread.ofPlatform().daemon().start(() -> halt(signal));
    }

    /// Lays down once more where a signal came before there was anything to lay down.
    void catchUp() {
        if (exitCode().isPresent()) {
            layDown.run();
        }
    }

    private static void halt(int signal) {
        try {
            Thread.sleep(PATIENCE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(SHELL_BASE + signal);
    }

    /// Waits for the first signal.
    void await() throws InterruptedException {
        came.await();
    }

    /// The exit code for the signal that came, if one did.
    Optional<Integer> exitCode() {
        int signal = first.get();
        return signal == 0 ? Optional.empty() : Optional.of(SHELL_BASE + signal);
    }
}
