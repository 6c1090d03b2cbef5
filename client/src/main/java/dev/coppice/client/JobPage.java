package dev.coppice.client;

import java.util.List;

/// A part of the list of jobs, the newest first.
///
/// @param total jobs that fit the filters
/// @param limit how many the part has at most
/// @param offset how many fitting jobs stand before it
public record JobPage(List<JobSummary> jobs, int total, int limit, int offset) {
    public JobPage {
        jobs = List.copyOf(jobs);
    }
}
