package dev.coppice.process;

import java.time.Duration;

/// What a child's whole process tree uses, sampled about once a second: what lives between two
/// samples only shows in the processor time of the process that waited for it.
///
/// @param cpu processor time so far, user and system; zero where the system doesn't say
/// @param residentBytes resident memory in the last sample, summed over the tree (shared pages
///     count for each)
/// @param peakBytes the largest of these sums
public record Resources(Duration cpu, long residentBytes, long peakBytes) {
    static final Resources NONE = new Resources(Duration.ZERO, 0, 0);
}
