package dev.coppice.attempt;

import dev.coppice.model.Resources;
import dev.coppice.model.Usage;
import dev.coppice.process.Ended;

/// What all runs of one attempt used together. Owned by the attempt's thread.
final class Tally {
    private Usage usage = Usage.NONE;
    private Resources resources = Resources.NONE;

    void add(Usage used) {
        usage = usage.plus(used);
    }

    void add(Ended ended) {
        resources =
                new Resources(
                        resources.cpu().plus(ended.resources().cpu()),
                        Math.max(resources.peakMemoryBytes(), ended.resources().peakBytes()),
                        resources.leaked() + ended.leaked());
    }

    Usage usage() {
        return usage;
    }

    Resources resources() {
        return resources;
    }
}
