package dev.coppice.process;

/// How a program came to its end.
public sealed interface Exit {
    /// It ended by itself with this code, 0 to 255.
    record Exited(int code) implements Exit {
        @Override
        public String toString() {
            return "exit code " + code;
        }
    }

    /// A signal that was not ours ended it. An adopted child of which nothing is known but that it
    /// is gone was killed together with the parent that would have written down its exit code: that
    /// is told as SIGKILL, 9.
    record Signaled(int signal) implements Exit {
        @Override
        public String toString() {
            return "signal " + signal;
        }
    }

    /// We ended it because this limit had passed.
    record TimedOut(Limit limit) implements Exit {
        @Override
        public String toString() {
            return limit == Limit.WALL ? "time limit" : "idle limit";
        }
    }

    /// We ended it because it had written more than `bytesMax`.
    record OutputLimit(long bytesMax) implements Exit {
        @Override
        public String toString() {
            return "output limit of " + bytesMax + " bytes";
        }
    }

    /// We ended it because somebody asked for it.
    record Stopped() implements Exit {
        @Override
        public String toString() {
            return "stopped";
        }
    }

    /// Which clock ran out.
    enum Limit {
        /// The time since the start, pauses not counted.
        WALL,
        /// The time without output and with next to no work, pauses not counted.
        IDLE
    }

    /// Reads a code as a shell and Java tell it: 128 + the number of a signal that ended it. A
    /// program may also exit with such a number by itself (an HTTP status modulo 256 has been
    /// seen), so only the signals that usually end programs count.
    static Exit fromShell(int code) {
        return switch (code - 128) {
            case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 31 ->
                    new Signaled(code - 128);
            default -> new Exited(code);
        };
    }

    /// Whether it ended by itself with code 0.
    default boolean isSuccess() {
        return this instanceof Exited(int code) && code == 0;
    }

    /// The one number that a shell, or `timeout(1)`, would show for it: the exit code, 128 + a
    /// signal's number, 124 for a passed limit and 143 when stopped.
    default int code() {
        return switch (this) {
            case Exited(int code) -> code;
            case Signaled(int signal) -> 128 + signal;
            case TimedOut _, OutputLimit _ -> 124;
            case Stopped _ -> 143;
        };
    }
}
