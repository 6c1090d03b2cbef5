package dev.coppice.process;

import java.time.Duration;

/// Has something done when the program ends, however it ends but by SIGKILL, until this is closed. For those who start
/// programs that nobody would end else, and that would go on without limits.
public final class ExitHook implements AutoCloseable {
    /// So long the program's end waits for it.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Thread hook;

    private ExitHook(Thread hook) {
        this.hook = hook;
    }

    /// Does this when the program ends, until the hook is closed.
    ///
    /// @throws IllegalStateException where the program is ending
    public static ExitHook of(Runnable done) {
        Thread doing = Thread.ofPlatform().daemon().name("coppice-exit").unstarted(done);
        Thread hook =
                Thread.ofPlatform()
                        .name("coppice-exit-hook")
                        .unstarted(() -> {
                            doing.start();
                            joined(doing);
                        });
        Runtime.getRuntime().addShutdownHook(hook);
        return new ExitHook(hook);
    }

    private static void joined(Thread doing) {
        try {
            doing.join(PATIENCE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // and the program ends at once
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // the program is ending, and it is done
        }
    }
}
