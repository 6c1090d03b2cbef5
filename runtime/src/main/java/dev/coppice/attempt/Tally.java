package dev.coppice.attempt;

import dev.coppice.model.Resources;
import dev.coppice.model.Usage;
import dev.coppice.process.Ended;
import java.util.OptionalLong;

/// What all runs of one attempt used together, and when the last one ended. Owned by the attempt's thread.
final class Tally {
    private Usage usage = Usage.NONE;
    private Resources resources = Resources.NONE;
    private OptionalLong lastEnd = OptionalLong.empty();

    void add(Usage used) {
        usage = usage.plus(used);
    }

    void add(Ended ended) {
        lastEnd = OptionalLong.of(System.nanoTime());
        resources =
                new Resources(
                        resources.cpu().plus(ended.resources().cpu()),
                        Math.max(resources.peakMemoryBytes(), ended.resources().peakBytes()),
                        resources.leaked() + ended.leaked());
    }

    /// Since when no run goes on, by [System#nanoTime]; now where there was none.
    long lastEnd() {
        return lastEnd.orElseGet(System::nanoTime);
    }

    Usage usage() {
        return usage;
    }

    Resources resources() {
        return resources;
    }
}
