package dev.coppice.testkit.simulation;

import java.util.random.RandomGenerator;

/// When the simulated log and machine fail a driver.
interface Faults {
    enum Fault {
        NONE,
        FAILS_BEFORE,
        FAILS_AFTER,
        CRASHES_BEFORE,
        CRASHES_AFTER
    }

    /// What befalls the next append.
    Fault onAppend();

    /// What befalls the next start of an attempt; it can only crash.
    Fault onStart();

    /// Whether the next reading fails.
    boolean onRead();

    /// No fault ever.
    Faults NONE =
            new Faults() {
                @Override
                public Fault onAppend() {
                    return Fault.NONE;
                }

                @Override
                public Fault onStart() {
                    return Fault.NONE;
                }

                @Override
                public boolean onRead() {
                    return false;
                }
            };

    /// Faults as often as the weather has them.
    static Faults of(Weather weather, RandomGenerator random) {
        return new Faults() {
            @Override
            public Fault onAppend() {
                if (random.nextDouble() < weather.crashes()) {
                    return random.nextBoolean() ? Fault.CRASHES_BEFORE : Fault.CRASHES_AFTER;
                }
                if (random.nextDouble() < weather.appendFails()) {
                    return random.nextBoolean() ? Fault.FAILS_BEFORE : Fault.FAILS_AFTER;
                }
                return Fault.NONE;
            }

            @Override
            public Fault onStart() {
                if (random.nextDouble() < weather.crashes()) {
                    return random.nextBoolean() ? Fault.CRASHES_BEFORE : Fault.CRASHES_AFTER;
                }
                return Fault.NONE;
            }

            @Override
            public boolean onRead() {
                return random.nextDouble() < weather.readFails();
            }
        };
    }

    /// The process dies once: at its `n`-th append, from 1, before or after it was stored.
    static Faults crashAt(int n, boolean before) {
        return new Faults() {
            private int appends;

            @Override
            public Fault onAppend() {
                if (++appends != n) {
                    return Fault.NONE;
                }
                return before ? Fault.CRASHES_BEFORE : Fault.CRASHES_AFTER;
            }

            @Override
            public Fault onStart() {
                return Fault.NONE;
            }

            @Override
            public boolean onRead() {
                return false;
            }
        };
    }
}
