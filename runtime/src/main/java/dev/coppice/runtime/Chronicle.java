package dev.coppice.runtime;

import dev.coppice.engine.EventLog;
import dev.coppice.engine.EventLogException;
import dev.coppice.folder.FolderException;
import dev.coppice.folder.JobFolder;
import dev.coppice.folder.JobLogs;
import dev.coppice.folder.ReportFiles;
import dev.coppice.folder.Secrets;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Recorded;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the folders of the jobs that this process drives in step with their histories: logs line by line,
/// the reports when a job is over or laid down. All of it is derived and can be written again at any
/// time, so a file that can't be written is told of and disturbs no job. Safe for use by many threads.
final class Chronicle implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Chronicle.class);

    private final EventLog log;
    private final Secrets secrets;
    private final InstantSource clock;
    private final Map<JobId, Follow> follows = new ConcurrentHashMap<>();
    private final EventLog.Subscription subscription;
    private volatile boolean isClosed;

    Chronicle(EventLog log, Secrets secrets, InstantSource clock) {
        this.log = log;
        this.secrets = secrets;
        this.clock = clock;
        this.subscription = log.subscribe(this::appended);
    }

    /// Begins to follow a job, unless that has begun. It ends when the job is over.
    void follow(JobId job) {
        follows.compute(
                job,
                (_, known) -> {
                    Follow follow = known == null ? new Follow(job) : known;
                    follow.look();
                    return follow;
                });
    }

    /// Brings a job's folder up to what the log has now, its reports too, and follows it no more.
    void conclude(JobId job) {
        Follow follow = follows.computeIfAbsent(job, Follow::new);
        follow.catchUp();
        follow.report();
        follows.remove(job, follow);
        follow.end();
        follow.awaitEnd();
    }

    /// Brings the folder of a job that is followed up to what the log has now.
    void settle(JobId job) {
        Follow follow = follows.get(job);
        if (follow != null) {
            follow.catchUp();
        }
    }

    /// How many jobs are followed.
    int following() {
        return follows.size();
    }

    /// Takes what an agent said, also before the job was followed: an agent may be quicker.
    void said(JobId job, TaskId task, String line) {
        if (!isClosed) {
            follows.computeIfAbsent(job, Follow::new).said(task, line);
        }
    }

    private List<Recorded> history(JobId job) {
        List<Recorded> events = new ArrayList<>();
        log.readOn(job, 0, events::add);
        return events;
    }

    private void appended(JobId job) {
        Follow follow = follows.get(job);
        if (follow != null) {
            follow.look();
        }
    }

    /// Follows no more. What happened so far is in the folders then, and nothing is written any more.
    @Override
    public void close() {
        isClosed = true;
        subscription.close();
        List<Follow> open = List.copyOf(follows.values());
        open.forEach(Follow::end);
        open.forEach(Follow::awaitEnd);
    }

    /// One job being followed, by a thread of its own.
    private final class Follow {
        private final JobId job;
        private final ReentrantLock lock = new ReentrantLock();
        private final Semaphore signal = new Semaphore(0);
        private final List<Recorded> events = new ArrayList<>();
        private final Set<TaskId> tasks = new HashSet<>();
        private final Thread thread;
        private volatile boolean isEnding;
        private boolean isOver;
        // Whether the reports tell all that happened so far.
        private boolean isReported;
        private @Nullable JobLogs logs;
        private @Nullable JobFolder folder;

        private Follow(JobId job) {
            this.job = job;
            this.thread = Thread.ofVirtual().name("chronicle-" + job).start(this::run);
        }

        private void look() {
            signal.release();
        }

        /// Looks once more, and then no more. No interrupt: it would cut off what is being written.
        private void end() {
            isEnding = true;
            look();
        }

        private void awaitEnd() {
            boolean isInterrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException _) {
                    isInterrupted = true;
                }
            }
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private void run() {
            try {
                while (true) {
                    signal.acquire();
                    signal.drainPermits();
                    boolean wasEnding = isEnding;
                    try {
                        catchUp();
                    } catch (EventLogException e) {
                        LOG.warn("The history of {} can't be read now", job, e);
                    } catch (RuntimeException e) {
                        // The edge of a thread: what comes later is followed all the same.
                        LOG.error("The folder of {} is not up to date", job, e);
                    }
                    if (wasEnding || isDone()) {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /// Whether the job is over, and reported, and nothing new was told of; then it is followed no more.
        private boolean isDone() {
            if (!isOverAndReported()) {
                return false;
            }
            return follows.computeIfPresent(
                            job,
                            (_, known) ->
                                    known == this && signal.availablePermits() == 0 ? null : known)
                    != this;
        }

        private boolean isOverAndReported() {
            lock.lock();
            try {
                return isOver && isReported;
            } finally {
                lock.unlock();
            }
        }

        private void catchUp() {
            lock.lock();
            try {
                List<Recorded> news = new ArrayList<>();
                log.readOn(job, events.size(), news::add);
                take(news);
            } finally {
                lock.unlock();
            }
        }

        private void take(List<Recorded> news) {
            if (news.isEmpty()) {
                return;
            }
            events.addAll(news);
            isReported = false;
            write(() -> log(news));
            for (Recorded recorded : news) {
                if (recorded.event() instanceof Event.TasksAdded added) {
                    isOver = false;
                    added.tasks().forEach(task -> tasks.add(task.id()));
                    children(added.tasks());
                } else if (recorded.event() instanceof Event.RetryRequested) {
                    isOver = false;
                } else if (recorded.event() instanceof Event.JobEnded) {
                    isOver = true;
                    settleChildren();
                    report();
                } else if (recorded.event() instanceof Event.ResultMerged) {
                    report();
                }
            }
        }

        private void log(List<Recorded> news) {
            if (news.getFirst().event() instanceof Event.JobSubmitted(JobRequest request)) {
                JobFolder where = JobFolder.of(request, job);
                folder = where;
                logs = new JobLogs(where, secrets, ZoneId.systemDefault());
            }
            JobLogs open = logs;
            if (open != null) {
                open.happened(news);
            }
        }

        private void children(List<Task> tasks) {
            for (Task task : tasks) {
                if (task.duty() instanceof Duty.Delegating delegating) {
                    Chronicle.this.follow(delegating.child());
                    files(files -> files.writeChildren(events));
                }
            }
        }

        /// Who is told of the end finds the reports of the jobs that came of it, too.
        private void settleChildren() {
            for (Recorded recorded : events) {
                if (recorded.event() instanceof Event.TasksAdded added) {
                    for (Task task : added.tasks()) {
                        if (task.duty() instanceof Duty.Delegating delegating) {
                            write(() -> settle(delegating.child()));
                        }
                    }
                }
            }
        }

        /// Writes the reports, unless they tell all that happened already.
        private void report() {
            lock.lock();
            try {
                if (!isReported) {
                    files(files -> {
                        files.write(events, clock.instant());
                        isReported = true;
                    });
                }
            } finally {
                lock.unlock();
            }
        }

        private void files(Consumer<ReportFiles> writing) {
            JobFolder where = folder;
            if (where != null) {
                ReportFiles files =
                        new ReportFiles(
                                where, secrets, ZoneId.systemDefault(), Chronicle.this::history);
                write(() -> writing.accept(files));
            }
        }

        private void write(Runnable writing) {
            try {
                writing.run();
            } catch (FolderException | EventLogException e) { // the histories of its children
                LOG.warn("A file of {} can't be written", job, e);
            }
        }

        private void said(TaskId task, String line) {
            lock.lock();
            try {
                write(() -> {
                    if (!tasks.contains(task)) {
                        catchUp(); // by its task's event it is known where it is to stand
                        if (folder != null) {
                            look(); // nobody else does, where the job is over
                        }
                    }
                    JobLogs open = logs;
                    if (open != null) {
                        open.said(task, line);
                    }
                });
            } finally {
                lock.unlock();
            }
        }
    }
}
