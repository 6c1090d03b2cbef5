package dev.coppice.process;

/// Time that passes but for pauses, in nanoseconds. Safe for use by many threads.
final class Stopwatch {
    private long passed;
    private long runningSince = System.nanoTime();
    private boolean isPaused;

    synchronized long nanos() {
        return isPaused ? passed : passed + System.nanoTime() - runningSince;
    }

    synchronized boolean isPaused() {
        return isPaused;
    }

    synchronized void pause() {
        passed = nanos();
        isPaused = true;
    }

    synchronized void resume() {
        if (isPaused) {
            runningSince = System.nanoTime();
            isPaused = false;
        }
    }
}
