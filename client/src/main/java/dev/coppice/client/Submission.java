package dev.coppice.client;

import java.util.List;

/// What the server answers to a request that it has taken on.
///
/// @param jobId by which everything else of the job is asked for
/// @param status where the job stands, `submitted` at first
/// @param warnings what its user should know
public record Submission(String jobId, String status, List<String> warnings) {
    public Submission {
        warnings = List.copyOf(warnings);
    }
}
