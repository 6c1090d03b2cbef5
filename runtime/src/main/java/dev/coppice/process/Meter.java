package dev.coppice.process;

import java.time.Duration;
import java.util.Collection;

/// Adds up what a tree uses, sample by sample. Written by one thread, read by any.
final class Meter {
    private final long ticksPerSecond;
    private long ticksNow;
    private long ticksUsed;
    private volatile Resources latest = Resources.NONE;

    Meter(long ticksPerSecond) {
        this.ticksPerSecond = ticksPerSecond;
    }

    /// Takes a sample. A process that ends hands its time to the parent that waits for it; with one
    /// that nobody waited for, the sum falls, which is not counted.
    void sample(Collection<ProcessTable.Row> members) {
        long ticks = members.stream().mapToLong(ProcessTable.Row::cpuTicks).sum();
        long bytes = members.stream().mapToLong(ProcessTable.Row::residentBytes).sum();
        ticksUsed += Math.max(0, ticks - ticksNow);
        ticksNow = ticks;
        latest = new Resources(cpu(), bytes, Math.max(bytes, latest.peakBytes()));
    }

    /// Processor time that the tree has used as far as samples know.
    Duration cpu() {
        return Duration.ofMillis(ticksUsed * 1000 / ticksPerSecond);
    }

    Resources latest() {
        return latest;
    }

    /// The sum at the end, given what the system says of the first process and all it waited for.
    Resources total(Duration cpuOfFirst) {
        Duration cpu = cpu().compareTo(cpuOfFirst) > 0 ? cpu() : cpuOfFirst;
        return new Resources(cpu, 0, latest.peakBytes());
    }
}
