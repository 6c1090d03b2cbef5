package dev.coppice.runtime;

import dev.coppice.model.JobRequest;
import java.util.List;

/// What became of preparing a job.
public sealed interface Preparation {
    /// It can be submitted.
    ///
    /// @param warnings what the user should know before
    record Ready(JobRequest request, List<String> warnings) implements Preparation {
        public Ready {
            warnings = List.copyOf(warnings);
        }
    }

    /// It can't be.
    record Refused(Refusal refusal) implements Preparation {}
}
