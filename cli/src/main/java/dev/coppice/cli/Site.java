package dev.coppice.cli;

import dev.coppice.client.JobSummary;
import dev.coppice.engine.EventLog;
import dev.coppice.folder.Secrets;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import dev.coppice.model.TaskId;
import dev.coppice.process.Follower;
import dev.coppice.report.JobView;
import dev.coppice.report.StatusText.Load;
import dev.coppice.report.StatusText.Present;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Where the jobs are that a command looks at: the repository that the user stands in, or a server. What is seen of them
/// comes from their events, wherever these are read.
sealed interface Site extends AutoCloseable permits ThisRepository, DistantServer {
    /// All jobs, the newest first.
    List<JobSummary> jobs();

    /// The job as its users see it; empty where there is no such job.
    Optional<JobView> view(JobId job);

    /// Events of the job behind the one with this number, in their order; empty where there are none.
    List<Recorded> read(JobId job, long after);

    /// Has `news` run when there may be more events of the job to read, as far as that is told here.
    EventLog.Subscription subscribe(JobId job, Runnable news);

    /// Whoever asks from now on follows this job, and waits where it is only for a while that nobody answers.
    ///
    /// @param out where that is told
    void follow(JobId job, Output out);

    /// After so long a follower looks for news that nobody told of.
    Duration patience();

    /// Whether somebody drives the job.
    boolean isDriven(JobView job);

    /// What the job's running attempts take from their machine, as far as that can be seen from here.
    Map<TaskId, Load> loads(JobView job);

    /// Whether there is this file in the folder of the job's family, where [dev.coppice.folder.JobFolder] has it.
    boolean hasFile(JobView job, Path file) throws InterruptedException;

    /// Hands on the lines of such a file, masked, also those that come until its writer has ended.
    void lines(JobView job, Path file, Follower.Writer writer, Consumer<String> each)
            throws InterruptedException;

    /// All that is known of the job now, for programs.
    String statusJson(JobView job, Present present);

    /// What its results.json has at `now`, for programs.
    String resultsJson(JobView job, Instant now);

    /// How a person gets at the job's report.
    String report(JobView job);

    /// Where its page for a browser is; empty where there is none yet.
    Optional<String> page(JobView job);

    /// Takes secrets out of what is shown.
    Secrets secrets();

    @Override
    void close();
}
