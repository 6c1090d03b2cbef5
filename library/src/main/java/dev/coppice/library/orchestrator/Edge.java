package dev.coppice.library.orchestrator;

import java.util.function.Supplier;

/// The edge of the room: whatever the rooms below throw leaves it as an exception of this one, and an interrupt as an
/// interrupt, whatever it broke off.
final class Edge {
    /// Something that waits for agents.
    @FunctionalInterface
    interface Waiting {
        void run() throws InterruptedException;
    }

    /// Something that waits for agents and has an answer.
    @FunctionalInterface
    interface Outcome<T> {
        T get() throws InterruptedException;
    }

    private Edge() {}

    /// Does what can be interrupted.
    static void waiting(Waiting work) throws InterruptedException {
        Object _ =
                afterWaiting(() -> {
                    work.run();
                    return work;
                });
    }

    /// Does what can be interrupted, for its answer.
    static <T> T afterWaiting(Outcome<T> work) throws InterruptedException {
        try {
            return work.get();
        } catch (RuntimeException e) {
            if (Thread.interrupted()) {
                InterruptedException interrupt = new InterruptedException(e.getMessage());
                interrupt.initCause(e);
                throw interrupt;
            }
            throw ours(e);
        }
    }

    /// Does what waits for the disk alone. A thread that is interrupted stays so.
    static void brief(Runnable work) {
        Object _ =
                answer(() -> {
                    work.run();
                    return work;
                });
    }

    /// Does what waits for the disk alone, for its answer.
    static <T> T answer(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            throw ours(e);
        }
    }

    private static RuntimeException ours(RuntimeException e) {
        return switch (e) {
            case OrchestrationException _, IllegalArgumentException _, NullPointerException _ -> e;
            default ->
                    new OrchestrationException(
                            Thread.currentThread().isInterrupted()
                                    ? "The thread was interrupted. What was asked may have been done, or not."
                                    : String.valueOf(e.getMessage()),
                            e);
        };
    }
}
