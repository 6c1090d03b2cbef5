package dev.coppice.testkit.simulation;

/// A law does not hold.
final class BrokenLaw extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenLaw(String message) {
        super(message);
    }

    static void unlessEqual(Object found, Object expected, String law) {
        if (!found.equals(expected)) {
            throw new BrokenLaw(law + ": " + found + " is not " + expected);
        }
    }

    static void unless(boolean holds, String law, Object about) {
        if (!holds) {
            throw new BrokenLaw(law + ": " + about);
        }
    }
}
