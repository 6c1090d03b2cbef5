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

/// The process table as Linux shows it under `/proc`. A process that ends while it is being read is
/// left out.
final class ProcFiles implements ProcessTable.Source {
    /// Longer than any line of `/proc/PID/stat`.
    private static final int STAT_BYTES = 2048;

    /// As much of an environment as is looked at: what Linux allows all arguments together by
    /// default, 2 MiB.
    private static final int ENVIRONMENT_BYTES_MAX = 2 << 20;

    private static final byte[] NOTHING = {};

    /// Keys of the kernel's auxiliary vector.
    private static final int AT_PAGESZ = 6;

    private static final int AT_CLKTCK = 17;

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

    /// Reads `pid (name) state ppid pgrp session …`: the name may hold anything, also spaces and
    /// parentheses, so that the fields are counted from its last one.
    @Override
    public Optional<ProcessTable.Row> row(long pid) {
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
        byte state = stat[nameEnd + 2];
        List<Long> numbers = numbers(stat, nameEnd + 4, length); // the first is field 4 of proc(5)
        return Optional.of(
                new ProcessTable.Row(
                        pid,
                        numbers.get(0),
                        numbers.get(2),
                        state == 'Z' || state == 'X',
                        numbers.get(18),
                        numbers.get(10) + numbers.get(11) + numbers.get(12) + numbers.get(13),
                        numbers.get(20) * pageBytes));
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

    @Override
    public byte[] environment(long pid) {
        try (FileInputStream in = new FileInputStream("/proc/" + pid + "/environ")) {
            return in.readNBytes(ENVIRONMENT_BYTES_MAX);
        } catch (IOException goneOrNotOurs) {
            return NOTHING;
        }
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
