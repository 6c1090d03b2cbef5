package dev.coppice.process;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The process table as Linux shows it under `/proc`. A process that ends while it is being read is
/// left out.
final class ProcFiles implements ProcessTable.Source {
    /// Longer than any line of `/proc/PID/stat`.
    private static final int STAT_BYTES = 2048;

    /// As much of an environment as is looked at: what Linux allows all arguments together by
    /// default, 2 MiB.
    private static final int ENVIRONMENT_BYTES_MAX = 2 << 20;

    private static final byte[] NOTHING = {};

    /// How often, and after which pauses, an environment is looked for that is not there yet.
    private static final int LOADING_LOOKS_MAX = 1000;

    private static final long LOADING_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /// Keys of the kernel's auxiliary vector.
    private static final int AT_PAGESZ = 6;

    private static final int AT_CLKTCK = 17;

    /// Fields of `/proc/PID/stat`.
    private static final int VSIZE = 23;

    private static final int START_CODE = 26;
    private static final int ENV_START = 50;
    private static final int ENV_END = 51;

    private final File root = new File("/proc");
    private final File adopted =
            new File("/proc/self/task/" + ProcessHandle.current().pid() + "/children");
    private final String bootId;
    private final long pageBytes;
    private final long ticksPerSecond;

    ProcFiles() {
        try {
            bootId = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            byte[] vector = Files.readAllBytes(Path.of("/proc/self/auxv"));
            pageBytes = auxiliary(vector, AT_PAGESZ);
            ticksPerSecond = auxiliary(vector, AT_CLKTCK);
        } catch (IOException e) {
            throw new UncheckedIOException("/proc can't be read", e);
        }
    }

    static boolean exist() {
        return Files.exists(Path.of("/proc/self/auxv"))
                && Files.exists(Path.of("/proc/sys/kernel/random/boot_id"));
    }

    private static long auxiliary(byte[] vector, long key) {
        ByteBuffer pairs = ByteBuffer.wrap(vector).order(ByteOrder.nativeOrder());
        while (pairs.remaining() >= 2 * Long.BYTES) {
            boolean isIt = pairs.getLong() == key;
            long value = pairs.getLong();
            if (isIt) {
                return value;
            }
        }
        throw new IllegalStateException("no entry " + key + " in /proc/self/auxv");
    }

    @Override
    public List<ProcessTable.Row> rows() {
        List<ProcessTable.Row> rows = new ArrayList<>();
        String[] names = root.list();
        if (names == null) {
            throw new IllegalStateException("/proc can't be listed");
        }
        for (String name : names) {
            if (Character.isDigit(name.charAt(0))) {
                row(Long.parseLong(name)).ifPresent(rows::add);
            }
        }
        return rows;
    }

    @Override
    public Optional<ProcessTable.Row> row(long pid) {
        return stat(pid)
                .map(stat ->
                        new ProcessTable.Row(
                                pid,
                                stat.field(4),
                                stat.field(6),
                                stat.state() == 'Z' || stat.state() == 'X',
                                stat.field(22),
                                stat.field(14) + stat.field(15) + stat.field(16) + stat.field(17),
                                stat.field(24) * pageBytes));
    }

    /// What `/proc/PID/stat` says.
    ///
    /// @param numbers the fields after the state
    private record Stat(byte state, List<Long> numbers) {
        /// By its number in proc(5).
        long field(int number) {
            return numbers.get(number - 4);
        }
    }

    /// Reads `pid (name) state ppid pgrp session …`: the name may hold anything, also spaces and
    /// parentheses, so that the fields are counted from its last one.
    private static Optional<Stat> stat(long pid) {
        byte[] stat = new byte[STAT_BYTES];
        int length;
        try (FileInputStream in = new FileInputStream("/proc/" + pid + "/stat")) {
            length = in.read(stat);
        } catch (IOException gone) {
            return Optional.empty();
        }
        int nameEnd = length - 1;
        while (nameEnd >= 0 && stat[nameEnd] != ')') {
            nameEnd--;
        }
        if (nameEnd < 0) {
            return Optional.empty();
        }
        return Optional.of(new Stat(stat[nameEnd + 2], numbers(stat, nameEnd + 4, length)));
    }

    /// The numbers in a text that holds nothing but numbers and single separators. A process is
    /// read for each child that starts or ends, hence no strings.
    private static List<Long> numbers(byte[] text, int from, int to) {
        List<Long> numbers = new ArrayList<>();
        long number = 0;
        boolean isNegative = false;
        for (int i = from; i < to; i++) {
            if (text[i] == '-') {
                isNegative = true;
            } else if (text[i] >= '0') {
                number = 10 * number + text[i] - '0';
            } else {
                numbers.add(isNegative ? -number : number);
                number = 0;
                isNegative = false;
            }
        }
        return numbers;
    }

    /// A process that begins another program shows no environment for a moment: that of the new one is waited for.
    @Override
    public byte[] environment(long pid) {
        try {
            byte[] environment = environmentNow(pid);
            for (int looks = 0;
                    environment.length == 0 && looks < LOADING_LOOKS_MAX && isLoading(pid);
                    looks++) {
                LockSupport.parkNanos(LOADING_NANOS);
                environment = environmentNow(pid);
            }
            return environment;
        } catch (IOException goneOrNotOurs) {
            return NOTHING;
        }
    }

    private static byte[] environmentNow(long pid) throws IOException {
        try (FileInputStream in = new FileInputStream("/proc/" + pid + "/environ")) {
            return in.readNBytes(ENVIRONMENT_BYTES_MAX);
        }
    }

    /// Whether a process whose environment was empty may have one all the same. It has memory, which a dead one and the
    /// kernel's have not, and either no code there yet, which it gets after its environment, or by now an environment.
    private static boolean isLoading(long pid) {
        return stat(pid)
                .filter(stat -> stat.field(VSIZE) > 0)
                .filter(stat ->
                        stat.field(START_CODE) == 0 || stat.field(ENV_START) != stat.field(ENV_END))
                .isPresent();
    }

    @Override
    public Optional<List<Long>> adopted() {
        try (FileInputStream in = new FileInputStream(adopted)) {
            byte[] pids = in.readAllBytes(); // each is followed by a space
            return Optional.of(numbers(pids, 0, pids.length));
        } catch (IOException notInThisKernel) {
            return Optional.empty();
        }
    }

    @Override
    public String bootId() {
        return bootId;
    }

    @Override
    public long ticksPerSecond() {
        return ticksPerSecond;
    }
}
