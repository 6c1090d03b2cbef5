package dev.coppice.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The calls into glibc that start a process and wait for many: all foreign code of the room.
///
/// Numbers and sizes are those of Linux on x86-64 and arm64, which agree but for `epoll_event`.
/// Only [#awaitEnded] blocks, and belongs on a platform thread: a foreign call pins a virtual
/// thread's carrier. Loading this class costs some 100 ms, once.
final class Libc {
    private static final short SPAWN_SETSIGDEF = 0x04;
    private static final short SPAWN_SETSIGMASK = 0x08;
    private static final short SPAWN_SETSID = 0x80;
    private static final int O_RDONLY = 0;
    private static final int O_WRONLY_APPEND = 0x401;
    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int EPOLL_CTL_ADD = 1;

    /// Readable, told once. Closing a descriptor would not be enough to be told no more: a program
    /// that is about to start holds a copy for a moment.
    private static final int EPOLLIN_ONESHOT = 1 | 1 << 30;

    private static final int WNOHANG = 1;
    private static final int PR_SET_CHILD_SUBREAPER = 36;

    /// The number of `pidfd_open`, called by number since glibc has its name only from 2.36 on.
    private static final long PIDFD_OPEN = 434;

    /// `epoll_event` is u32 events, u64 data: packed on x86-64, aligned elsewhere.
    private static final boolean PACKED =
            System.getProperty("os.arch").toLowerCase(Locale.ROOT).equals("amd64");

    private static final long EVENT_BYTES = PACKED ? 12 : 16;
    private static final long EVENT_PID = PACKED ? 4 : 8;
    private static final int EVENTS_MAX = 64;

    /// Room for opaque structures, more than glibc takes (336, 80 and 128 bytes).
    private static final long ATTRIBUTES_BYTES = 512;

    private static final long ACTIONS_BYTES = 256;
    private static final long SIGNALS_BYTES = 256;

    /// `struct rusage`: user and system time, each as two longs, then what is not read here.
    private static final long USAGE_BYTES = 144;

    private final Linker linker = Linker.nativeLinker();
    private final SymbolLookup symbols = linker.defaultLookup();

    private final MethodHandle spawn =
            find("posix_spawn", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private final MethodHandle actionsInit = find("posix_spawn_file_actions_init", ADDRESS);
    private final MethodHandle actionsDestroy = find("posix_spawn_file_actions_destroy", ADDRESS);
    private final MethodHandle addChdir =
            find("posix_spawn_file_actions_addchdir_np", ADDRESS, ADDRESS);
    private final MethodHandle addOpen =
            find(
                    "posix_spawn_file_actions_addopen",
                    ADDRESS,
                    JAVA_INT,
                    ADDRESS,
                    JAVA_INT,
                    JAVA_INT);
    private final MethodHandle addCloseFrom =
            find("posix_spawn_file_actions_addclosefrom_np", ADDRESS, JAVA_INT);
    private final MethodHandle syscall =
            variadic("syscall", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT);
    private final MethodHandle epollControl =
            find("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private final MethodHandle epollWait =
            find("epoll_wait", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private final MethodHandle wait4 = find("wait4", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
    private final MethodHandle close = find("close", JAVA_INT);

    /// The same for every child, never changed after this: own session, no signal blocked or
    /// ignored. (A Java thread has SIGQUIT blocked, and children inherit it.)
    private final MemorySegment attributes;

    /// The one epoll that says which processes ended.
    private final int epoll;

    /// Loads the functions and makes this process the one that orphaned descendants are handed to.
    ///
    /// @throws java.util.NoSuchElementException when the C library lacks a function (glibc before
    ///     2.34)
    Libc() {
        attributes = Arena.global().allocate(ATTRIBUTES_BYTES);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment signals = arena.allocate(SIGNALS_BYTES);
            MethodHandle setFlags =
                    linker.downcallHandle(
                            symbols.findOrThrow("posix_spawnattr_setflags"),
                            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_SHORT));
            short flags = SPAWN_SETSID | SPAWN_SETSIGMASK | SPAWN_SETSIGDEF;
            checkSpawn(
                    "posix_spawnattr_init",
                    (int) find("posix_spawnattr_init", ADDRESS).invokeExact(attributes));
            checkSpawn("posix_spawnattr_setflags", (int) setFlags.invokeExact(attributes, flags));
            check("sigemptyset", (int) find("sigemptyset", ADDRESS).invokeExact(signals));
            checkSpawn(
                    "posix_spawnattr_setsigmask",
                    (int)
                            find("posix_spawnattr_setsigmask", ADDRESS, ADDRESS)
                                    .invokeExact(attributes, signals));
            signals.fill((byte) 0xff); // sigfillset leaves out two that glibc then has ignored
            checkSpawn(
                    "posix_spawnattr_setsigdefault",
                    (int)
                            find("posix_spawnattr_setsigdefault", ADDRESS, ADDRESS)
                                    .invokeExact(attributes, signals));
            MethodHandle prctl =
                    variadic(
                            "prctl", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                            JAVA_LONG);
            check("prctl", (int) prctl.invokeExact(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L));
            epoll =
                    check(
                            "epoll_create1",
                            (int) find("epoll_create1", JAVA_INT).invokeExact(EPOLL_CLOEXEC));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Starts a program; returns its process id.
    ///
    /// @throws CannotStartException when the system refuses
    long spawn(Program program) {
        int error;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(ACTIONS_BYTES);
            checkSpawn("posix_spawn_file_actions_init", (int) actionsInit.invokeExact(actions));
            MemorySegment pid = arena.allocate(JAVA_INT);
            try {
                open(actions, 0, program.stdin(), O_RDONLY, arena);
                open(actions, 1, program.stdout(), O_WRONLY_APPEND, arena);
                open(actions, 2, program.stderr(), O_WRONLY_APPEND, arena);
                MemorySegment directory = arena.allocateFrom(program.directory().toString());
                checkSpawn("addchdir", (int) addChdir.invokeExact(actions, directory));
                checkSpawn("addclosefrom", (int) addCloseFrom.invokeExact(actions, 3));
                error =
                        (int)
                                spawn.invokeExact(
                                        pid,
                                        arena.allocateFrom(program.executable().toString()),
                                        actions,
                                        attributes,
                                        strings(program.argv(), arena),
                                        strings(variables(program.environment()), arena));
            } finally {
                checkSpawn("destroy", (int) actionsDestroy.invokeExact(actions));
            }
            if (error == 0) {
                return pid.get(JAVA_INT, 0);
            }
        } catch (Throwable e) {
            throw unexpected(e);
        }
        throw CannotStartException.refused(program.name(), errorText(error));
    }

    /// A descriptor of a process, whoever's child it is; nothing when there is none of this number.
    Optional<Integer> openProcess(long pid) {
        try {
            long descriptor = (long) syscall.invokeExact(PIDFD_OPEN, (int) pid, 0);
            return descriptor < 0 ? Optional.empty() : Optional.of((int) descriptor);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Has [#awaitEnded] tell of this process's end, too.
    void watch(int descriptor, long pid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(EVENT_BYTES);
            event.set(JAVA_INT_UNALIGNED, 0, EPOLLIN_ONESHOT);
            event.set(JAVA_LONG_UNALIGNED, EVENT_PID, pid);
            check(
                    "epoll_ctl",
                    (int) epollControl.invokeExact(epoll, EPOLL_CTL_ADD, descriptor, event));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Blocks until some of the watched processes have ended, but at most this long; returns their
    /// ids, each once.
    List<Long> awaitEnded(Duration atMost) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment events = arena.allocate(EVENT_BYTES * EVENTS_MAX);
            int count =
                    (int) epollWait.invokeExact(epoll, events, EVENTS_MAX, (int) atMost.toMillis());
            List<Long> ended = new ArrayList<>(Math.max(count, 0)); // -1: a signal came between
            for (int i = 0; i < count; i++) {
                ended.add(events.get(JAVA_LONG_UNALIGNED, i * EVENT_BYTES + EVENT_PID));
            }
            return ended;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Takes the end of a child of ours from the system, which then forgets it; nothing when it
    /// still runs or is no child of ours. Only ever for one process by its id, so that Java's own
    /// children keep theirs.
    Optional<Started.End> reap(long pid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(JAVA_INT);
            MemorySegment usage = arena.allocate(USAGE_BYTES, 8);
            if ((int) wait4.invokeExact((int) pid, status, WNOHANG, usage) != (int) pid) {
                return Optional.empty();
            }
            Duration cpu =
                    Duration.ofSeconds(usage.get(JAVA_LONG, 0) + usage.get(JAVA_LONG, 16))
                            .plusNanos(1000 * (usage.get(JAVA_LONG, 8) + usage.get(JAVA_LONG, 24)));
            return Optional.of(new Started.End(Optional.of(exit(status.get(JAVA_INT, 0))), cpu));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    void close(int descriptor) {
        try {
            check("close", (int) close.invokeExact(descriptor));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    void closeEpoll() {
        close(epoll);
    }

    private void open(MemorySegment actions, int descriptor, Path file, int flags, Arena arena)
            throws Throwable {
        MemorySegment path = arena.allocateFrom(file.toString());
        checkSpawn("addopen", (int) addOpen.invokeExact(actions, descriptor, path, flags, 0));
    }

    /// A C array of C strings, ended by a null pointer.
    private static MemorySegment strings(List<String> texts, Arena arena) {
        MemorySegment array = arena.allocate(ADDRESS, texts.size() + 1L);
        for (int i = 0; i < texts.size(); i++) {
            array.setAtIndex(ADDRESS, i, arena.allocateFrom(texts.get(i)));
        }
        return array;
    }

    private static List<String> variables(Map<String, String> environment) {
        List<String> variables = new ArrayList<>(environment.size());
        environment.forEach((name, value) -> variables.add(name + "=" + value));
        return variables;
    }

    /// As `WIFEXITED` and its like read a status.
    private static Exit exit(int status) {
        int signal = status & 0x7f;
        return signal == 0 ? new Exit.Exited(status >> 8 & 0xff) : new Exit.Signaled(signal);
    }

    private static String errorText(int error) {
        return switch (error) {
            case 2 -> "no such file, or its interpreter is missing";
            case 7 -> "argument list too long";
            case 8 -> "not an executable format";
            case 11 -> "too many processes";
            case 12 -> "not enough memory";
            case 13 -> "permission denied";
            default -> "system error " + error;
        };
    }

    /// Of the `posix_spawn` family, which answers with the error's own number.
    private static void checkSpawn(String function, int error) {
        if (error != 0) {
            throw new IllegalStateException(function + " failed with error " + error);
        }
    }

    private static int check(String function, int result) {
        if (result < 0) {
            throw new IllegalStateException(function + " failed");
        }
        return result;
    }

    /// A downcall declares every throwable, but throws only what is unchecked.
    private static RuntimeException unexpected(Throwable e) {
        return switch (e) {
            case RuntimeException unchecked -> unchecked;
            case Error error -> throw error;
            default -> new IllegalStateException("a foreign call failed", e);
        };
    }

    private MethodHandle find(String name, MemoryLayout... arguments) {
        return linker.downcallHandle(
                symbols.findOrThrow(name), FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private MethodHandle variadic(String name, MemoryLayout result, MemoryLayout... arguments) {
        return linker.downcallHandle(
                symbols.findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.firstVariadicArg(1));
    }
}
