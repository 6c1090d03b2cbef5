package dev.coppice.testkit.simulation;

/// A law does not hold.
final class BrokenLaw extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenLaw(String message) {
        super(message);
    }

    static void unless(boolean holds, String law, Object about) {
        if (!holds) {
            throw new BrokenLaw(law + ": " + about);
        }
    }
}
