package dev.coppice.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Finds living processes by a marker in their environment, by other means than the code under
/// test.
final class Survivors {
    private Survivors() {}

    static List<Long> of(Marker marker) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> pid != ProcessHandle.current().pid())
                .filter(pid -> read(pid, "environ").contains(marker.name() + "=" + marker.value()))
                .filter(Survivors::isAlive)
                .toList();
    }

    static boolean isAlive(long pid) {
        String status = read(pid, "status");
        return !status.isEmpty() && !status.contains("State:\tZ");
    }

    static String read(long pid, String file) {
        try {
            return Files.readString(
                    Path.of("/proc", Long.toString(pid), file), StandardCharsets.ISO_8859_1);
        } catch (IOException goneOrNotOurs) {
            return "";
        }
    }
}
