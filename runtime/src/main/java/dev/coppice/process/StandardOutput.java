package dev.coppice.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// What this process prints to. Who only waits for something to print does not find out by writing that the
/// reader of a pipe has gone; so it is asked for. Safe for use by many threads.
///
/// Loading this class costs some 30 ms, once. It is apart from [Libc], which takes over descendants.
public final class StandardOutput {
    private static final int DESCRIPTOR = 1;

    /// `struct pollfd`: the descriptor, what is asked for, what happened. Errors and hang-ups are told unasked.
    private static final long POLL_BYTES = 8;

    private static final long POLL_HAPPENED = 6;
    private static final short POLLERR_OR_POLLHUP = 0x08 | 0x10;

    private static final MethodHandle POLL =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("poll"),
                            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    private StandardOutput() {}

    /// Whether nobody can read any more what is printed from now on. Does not block.
    public static boolean isUnread() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(POLL_BYTES, JAVA_INT.byteAlignment());
            poll.set(JAVA_INT, 0, DESCRIPTOR);
            int count = (int) POLL.invokeExact(poll, 1L, 0);
            return count > 0 && (poll.get(JAVA_SHORT, POLL_HAPPENED) & POLLERR_OR_POLLHUP) != 0;
        } catch (Throwable e) {
            throw new IllegalStateException("standard output can't be asked for its reader", e);
        }
    }
}
