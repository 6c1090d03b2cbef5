package dev.coppice.process;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The process table as Java shows it anywhere: who is whose parent, and no more. Without sessions
/// and environments, a descendant that lost its parent is not found; nothing can be adopted, and
/// processor time and memory are 0.
final class JavaHandles implements ProcessTable.Source {
    @Override
    public List<ProcessTable.Row> rows() {
        return ProcessHandle.allProcesses().map(JavaHandles::row).toList();
    }

    @Override
    public Optional<ProcessTable.Row> row(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).map(JavaHandles::row);
    }

    private static ProcessTable.Row row(ProcessHandle process) {
        long parent = process.parent().map(ProcessHandle::pid).orElse(0L);
        long start = process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        return new ProcessTable.Row(process.pid(), parent, 0, false, start, 0, 0);
    }

    @Override
    public byte[] environment(long pid) {
        return new byte[0];
    }

    @Override
    public Optional<List<Long>> adopted() {
        return Optional.empty();
    }

    @Override
    public String bootId() {
        return "";
    }

    @Override
    public long ticksPerSecond() {
        return 1;
    }
}
