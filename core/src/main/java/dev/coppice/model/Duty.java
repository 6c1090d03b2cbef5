package dev.coppice.model;

import java.util.List;
import java.util.Optional;

/// What a task is for. Everything that runs is a task: the lead's planning, the plan's work, the
/// joining of branches and the settling of a conflict differ in their duty only.
public sealed interface Duty {
    /// The lead reads the repository and answers with a plan.
    record Planning() implements Duty {}

    /// An agent does one task of the plan.
    ///
    /// @param handoff what a program handed over with it, beyond what a plan can say
    record Work(Optional<Handoff> handoff) implements Duty {
        /// Work that a plan says all of.
        public Work() {
            this(Optional.empty());
        }
    }

    /// The finished branches are joined into the job's result.
    record Integrating() implements Duty {}

    /// An agent that wrote neither side settles a conflicted merge.
    ///
    /// @param ours the first parent: what the result already has
    /// @param theirs the second parent: what comes in
    /// @param incoming the task whose branch comes in
    /// @param files the conflicted files
    record Resolving(CommitId ours, CommitId theirs, TaskId incoming, List<String> files)
            implements Duty {
        public Resolving {
            files = List.copyOf(files);
        }
    }

    /// The lead mends a joined tree on which a check fails.
    ///
    /// @param joined the commit on which the check failed
    /// @param failure what the check said, capped
    record Mending(CommitId joined, String failure) implements Duty {}

    /// Another job does it, which a running attempt of the task `by` started and which that task then
    /// waits for. No agent works on such a task; it takes no slot, and is over when that job is.
    ///
    /// @param by the task whose attempt started the job
    /// @param child the job's id, drawn before the job is there
    /// @param request what is asked of it
    record Delegating(TaskId by, JobId child, JobRequest request) implements Duty {
        public Delegating {
            if (request.parent().isEmpty()) {
                throw new IllegalArgumentException("job " + child + " has no parent");
            }
        }
    }
}
