package dev.coppice.model;

import java.util.Optional;

/// What the user asked for, fixed at the moment of asking.
///
/// @param request the user's words, or the plan's goal
/// @param repository absolute path of the checkout the user stands in (or of the working directory)
/// @param base the commit from which the tasks start; empty without git
/// @param target the branch that the result is for; empty on a detached HEAD or without git
/// @param plan the plan that was given; without one the lead makes it. One without tasks leaves it to
///     others to add them, one after the other
/// @param depth 0 for a root job
/// @param parent the task that started this job
/// @param receipt by which the same request is known when it comes again
public record JobRequest(
        String request,
        String repository,
        Optional<CommitId> base,
        Optional<String> target,
        Optional<Plan> plan,
        Settings settings,
        int depth,
        Optional<Parent> parent,
        Optional<Receipt> receipt) {
    /// A request that is taken for a new one each time it comes.
    public JobRequest(
            String request,
            String repository,
            Optional<CommitId> base,
            Optional<String> target,
            Optional<Plan> plan,
            Settings settings,
            int depth,
            Optional<Parent> parent) {
        this(request, repository, base, target, plan, settings, depth, parent, Optional.empty());
    }

    /// The same request with another plan.
    public JobRequest planned(Plan other) {
        return new JobRequest(
                request,
                repository,
                base,
                target,
                Optional.of(other),
                settings,
                depth,
                parent,
                receipt);
    }

    /// The same request, known by `receipt` when it comes again.
    public JobRequest known(Receipt by) {
        return new JobRequest(
                request, repository, base, target, plan, settings, depth, parent, Optional.of(by));
    }

    /// What tells a request that comes again from a new one; hashes, so that nobody can use it.
    ///
    /// @param key of the caller and the key that it chose for the request
    /// @param body of the request as it came
    public record Receipt(String key, String body) {}

    /// The task of another job that started this one.
    ///
    /// @param family where the job stands among all that came of the same root job
    public record Parent(JobId job, TaskId task, Family family) {
        /// Why the job does not begin again once it is over.
        public String whyNotAgain() {
            return "Nobody waits for this job any more: retry job " + job + ", which started it.";
        }
    }

    /// What the job's workers are called.
    public WorkerNumbers numbers() {
        return parent.map(p -> p.family().numbers()).orElse(WorkerNumbers.ROOT);
    }

    /// The root of the job's family: the job that no task started.
    public JobId root(JobId self) {
        return parent.map(p -> p.family().ancestors().getFirst()).orElse(self);
    }
}
