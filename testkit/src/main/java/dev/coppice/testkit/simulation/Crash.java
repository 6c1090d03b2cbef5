package dev.coppice.testkit.simulation;

/// The simulated process dies here; nothing of it goes on but what it started.
final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Crash() {
        super("the process dies", null, false, false);
    }
}
