package dev.coppice.cli;

import dev.coppice.engine.Engine;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// What Ctrl-C, SIGTERM and SIGHUP do to jobs that this process drives: the first lays them down, the second
/// ends them at once.
final class Interruption {
    private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");
    private static final int SHELL_BASE = 128;

    /// So long the second signal waits for agents to be killed before this process ends without them.
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Engine engine;
    private final Output out;
    private final AtomicInteger first = new AtomicInteger();
    private final CountDownLatch came = new CountDownLatch(1);

    private Interruption(Engine engine, Output out) {
        this.engine = engine;
        this.out = out;
    }

    /// From now on signals mean this.
    static Interruption of(Engine engine, Output out) {
        Interruption interruption = new Interruption(engine, out);
        SIGNALS.forEach(name -> Signals.handle(name, interruption::happened));
        return interruption;
    }

    private void happened(int signal) {
        if (first.compareAndSet(0, signal)) {
            out.say(
                    "stopping: agents are asked to end, their work is kept; once more ends at once");
            engine.pauseAll();
            came.countDown();
            return;
        }
        engine.killAll();
        Thread.ofPlatform().daemon().start(() -> halt(signal));
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
