package dev.coppice.model;

import java.util.HashSet;
import java.util.List;

/// Where a child job stands among all jobs that came of one root job.
///
/// @param ancestors from the root job to the parent; so many as the job is deep
/// @param slots running attempts of the whole family at once; at least 1
/// @param numbers what the job's workers are called
public record Family(List<JobId> ancestors, int slots, WorkerNumbers numbers) {
    public Family {
        ancestors = List.copyOf(ancestors);
        if (ancestors.isEmpty() || new HashSet<>(ancestors).size() != ancestors.size()) {
            throw new IllegalArgumentException(
                    "a child job has ancestors, each of them once: " + ancestors);
        }
        if (slots < 1) {
            throw new IllegalArgumentException("a family has at least one slot, not " + slots);
        }
    }
}
