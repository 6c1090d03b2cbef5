package dev.coppice.engine;

import dev.coppice.engine.Driver.Turn;
import dev.coppice.model.CommitId;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobStatus;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.schedule.ChildOrder;
import dev.coppice.schedule.Children;
import dev.coppice.schedule.JobState;
import dev.coppice.schedule.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/// The door to everything that jobs do: submit, cancel, retry, resume, look. Each job that this engine
/// drives has a virtual thread of its own; all other methods only append to the log, so that it does
/// not matter which process drives a job.
///
/// Safe for use by many threads. Methods that touch the log throw [EventLogException] where it fails.
public final class Engine implements AutoCloseable {
    /// What became of a request to go on with a job.
    public sealed interface Resumption {
        record Resumed() implements Resumption {}

        /// A living process drives it.
        record Driven(ProcessIdentity by) implements Resumption {}

        record Over(JobStatus status) implements Resumption {}

        record NoSuchJob() implements Resumption {}
    }

    /// What became of a request about a job or one of its tasks.
    public enum Answer {
        ACCEPTED,
        /// There is nothing left to do of what was asked.
        ALREADY_OVER,
        /// The job is over, and so is its part in the job that started it.
        NOBODY_WAITS,
        NO_SUCH_JOB,
        NO_SUCH_TASK
    }

    /// What became of the wish for a child job.
    public sealed interface Birth {
        record Started(JobId child) implements Birth {}

        /// Nothing was started.
        ///
        /// @param message says to the agent what it may do instead
        record Refused(Children.Why why, String message) implements Birth {}

        record NoSuchJob() implements Birth {}
    }

    private static final System.Logger LOG = System.getLogger(Engine.class.getName());

    /// So long is waited for a child job to be there, and between looks where nothing is told.
    private static final Duration BIRTH = Duration.ofSeconds(10);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final EventLog log;
    private final ChildJobs dispatch;
    private final Slots slots;
    private final InstantSource clock;
    private final RandomGenerator chance;
    private final ProcessIdentity self;
    private final Predicate<ProcessIdentity> isAlive;
    private final UnaryOperator<Event> mask;
    private final Map<JobId, Drive> drives = new ConcurrentHashMap<>();
    private final Map<JobId, WorkQueue> queues = new RecentQueues();
    private final Map<JobId, Throwable> broken = new ConcurrentHashMap<>();
    private final EventLog.Subscription subscription;
    private volatile boolean isStopping;
    private volatile boolean isClosed;

    /// Held while a job is taken up, so that this engine does not take it up twice.
    private final ReentrantLock takingUp = new ReentrantLock();

    /// An engine that drives nothing yet.
    ///
    /// @param chance safe for use by many threads
    /// @param self the identity of this process
    /// @param isAlive whether the process of an identity lives on this machine
    /// @param mask takes secrets out of what claimants bring
    public Engine(
            EventLog log,
            Dispatch dispatch,
            Slots slots,
            InstantSource clock,
            RandomGenerator chance,
            ProcessIdentity self,
            Predicate<ProcessIdentity> isAlive,
            UnaryOperator<Event> mask) {
        this.log = log;
        this.dispatch = new ChildJobs(log, dispatch, clock, this::resume, this::patiently);
        this.slots = slots;
        this.clock = clock;
        this.chance = chance;
        this.self = self;
        this.isAlive = isAlive;
        this.mask = mask;
        this.subscription = log.subscribe(this::appended);
        slots.onRelease(() -> drives.values().forEach(Drive::wake));
    }

    private void appended(JobId job) {
        Drive drive = drives.get(job);
        if (drive != null) {
            drive.driver().lookAgain();
        }
        dispatch.appended(job);
    }

    /// Starts a job for a running attempt of another one, as [Children] allows it. It is made by whoever
    /// drives the attempt's job, once that job's history says that it waits for it: so each child job
    /// that is there has somebody who brings it to its end. When this returns it survives a crash.
    ///
    /// @param task the attempt's task, which takes in what the child job brings
    /// @param warnings become notes of the attempt's job
    public Birth startChild(
            JobId job, TaskId task, int attempt, ChildOrder order, List<String> warnings)
            throws InterruptedException {
        while (true) {
            Optional<JobState> state = state(job);
            if (state.isEmpty()) {
                return new Birth.NoSuchJob();
            }
            Instant now = clock.instant();
            JobId child = JobId.of(now, chance.nextLong());
            switch (ask(state.get(), task, attempt, child, order, now)) {
                case Children.Answer.Refused(Children.Why why, String message) -> {
                    return new Birth.Refused(why, message);
                }
                case Children.Answer.Granted(Event.TasksAdded event) -> {
                    long next = state.get().sequence() + 1;
                    List<Event> events = new ArrayList<>(List.of(event));
                    warnings.forEach(w -> events.add(note(Optional.of(task), w)));
                    if (log.last(child).isEmpty() && log.append(job, next, now, events)) {
                        dispatch.startedJob(job, task, attempt);
                        return born(state.get(), child);
                    }
                }
            }
        }
    }

    /// Why [#startChild] would start no job now; empty where it would. It costs little to ask.
    public Optional<Birth> refusal(JobId job, TaskId task, int attempt, ChildOrder order) {
        Optional<JobState> state = state(job);
        if (state.isEmpty()) {
            return Optional.of(new Birth.NoSuchJob());
        }
        Instant now = clock.instant();
        JobId child = JobId.of(now, chance.nextLong());
        return switch (ask(state.get(), task, attempt, child, order, now)) {
            case Children.Answer.Refused(Children.Why why, String message) ->
                    Optional.of(new Birth.Refused(why, message));
            case Children.Answer.Granted _ -> Optional.empty();
        };
    }

    private Children.Answer ask(
            JobState state, TaskId task, int attempt, JobId child, ChildOrder order, Instant now) {
        return slots.mayLend()
                ? Children.ask(state, task, attempt, child, order, now)
                : new Children.Answer.Refused(
                        Children.Why.EXHAUSTED,
                        "Too many agents wait for jobs that they started. Do the work yourself.");
    }

    /// Waits until the child job can be asked for; where its making takes long, it is as sure.
    ///
    /// @param state of the job that starts it, which is read on
    private Birth born(JobState state, JobId child) throws InterruptedException {
        JobId job = state.job();
        Semaphore news = new Semaphore(1);
        Consumer<JobId> told =
                changed -> {
                    if (changed.equals(job) || changed.equals(child)) {
                        news.release();
                    }
                };
        try (EventLog.Subscription _ = log.subscribe(told)) {
            Instant end = clock.instant().plus(BIRTH);
            while (log.last(child).isEmpty() && clock.instant().isBefore(end)) {
                log.readOn(job, state.sequence(), state::apply);
                Optional<TaskStatus> status =
                        state.task(TaskId.child(child)).map(TaskState::status);
                if (status.filter(TaskStatus::isOver).isPresent()) {
                    // since the look above it may have been made, and have ended too
                    return log.last(child).isPresent()
                            ? new Birth.Started(child)
                            : new Birth.Refused(
                                    Children.Why.OVER, "Job " + job + " was stopped meanwhile.");
                }
                boolean _ = news.tryAcquire(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
                news.drainPermits();
            }
        }
        return new Birth.Started(child);
    }

    /// Stores the job and begins to drive it. When this returns, the job survives a crash.
    ///
    /// @param warnings become the job's first notes
    public JobId submit(JobRequest request, List<String> warnings) {
        List<Event> events = new ArrayList<>();
        events.add(new Event.JobSubmitted(request));
        events.add(new Event.DriverTaken(1, self));
        warnings.forEach(w -> events.add(note(Optional.empty(), w)));
        while (true) {
            JobId job = JobId.of(clock.instant(), chance.nextLong());
            if (begin(job, events)) {
                return job;
            }
        }
    }

    private static Event note(Optional<TaskId> task, String warning) {
        return new Event.Noted(Event.Level.WARNING, task, warning);
    }

    /// Stores and drives the job; false where another has its id. The drive is there before the job
    /// is, so that nobody takes the job for one that nobody drives.
    private boolean begin(JobId job, List<Event> events) {
        Drive drive = new Drive(job, 1);
        if (drives.putIfAbsent(job, drive) != null) {
            return false;
        }
        boolean stored = false;
        try {
            stored = log.append(job, 1, clock.instant(), events);
        } finally {
            if (stored) {
                drive.start();
            } else {
                drive.leave();
            }
        }
        return stored;
    }

    /// Goes on with a job that nobody drives.
    public Resumption resume(JobId job) {
        takingUp.lock();
        try {
            return takeUp(job);
        } finally {
            takingUp.unlock();
        }
    }

    private Resumption takeUp(JobId job) {
        while (true) {
            Optional<JobState> found = state(job);
            if (found.isEmpty()) {
                return new Resumption.NoSuchJob();
            }
            JobState state = found.get();
            if (state.ended().isPresent()) {
                return new Resumption.Over(state.ended().get());
            }
            Optional<ProcessIdentity> driver = state.driverProcess().filter(p -> isDriving(job, p));
            if (driver.isPresent()) {
                return new Resumption.Driven(driver.get());
            }
            int number = state.driver() + 1;
            Event taken = new Event.DriverTaken(number, self);
            if (log.append(job, state.sequence() + 1, clock.instant(), List.of(taken))) {
                Drive drive = new Drive(job, number);
                drives.put(job, drive);
                drive.start();
                return new Resumption.Resumed();
            }
        }
    }

    /// Whether `process` lives and still drives the job.
    private boolean isDriving(JobId job, ProcessIdentity process) {
        return process.equals(self) ? isDriving(job) : isAlive.test(process);
    }

    /// The jobs that this engine drives.
    public List<JobId> driven() {
        return List.copyOf(drives.keySet());
    }

    /// Whether this engine drives the job; no more where the drive broke off, whatever the job's history says.
    public boolean isDriving(JobId job) {
        return drives.containsKey(job);
    }

    /// Asks for the end of a job, or of one of its tasks. Where nobody drives a job that is to end, this
    /// engine takes it up to bring it there; a job is not resumed for the end of one task.
    public Answer cancel(JobId job, Optional<TaskId> task) {
        Answer answer =
                request(
                        job,
                        state -> {
                            if (task.isEmpty()) {
                                return state.isOver() ? Answer.ALREADY_OVER : Answer.ACCEPTED;
                            }
                            Optional<TaskState> found = state.task(task.get());
                            if (found.isEmpty()) {
                                return Answer.NO_SUCH_TASK;
                            }
                            boolean over = state.isOver() || found.get().status().isOver();
                            return over ? Answer.ALREADY_OVER : Answer.ACCEPTED;
                        },
                        new Event.CancelRequested(task, Reason.CANCELED));
        if (answer == Answer.ACCEPTED && task.isEmpty()) {
            resume(job);
        }
        return answer;
    }

    /// Asks for another try of tasks that did not succeed, and goes on with the job.
    ///
    /// @param tasks empty: all that did not succeed
    /// @param timeout the new limit of their attempts
    /// @return [Answer#ALREADY_OVER] where all of these tasks, or the whole job, succeeded: nothing is written then
    public Answer retry(JobId job, List<TaskId> tasks, Optional<Duration> timeout) {
        Answer answer =
                request(
                        job,
                        state -> {
                            for (TaskId task : tasks) {
                                if (state.task(task).isEmpty()) {
                                    return Answer.NO_SUCH_TASK;
                                }
                            }
                            if (isDone(state, tasks)) {
                                return Answer.ALREADY_OVER;
                            }
                            return state.whyNotAgain().isPresent()
                                    ? Answer.NOBODY_WAITS
                                    : Answer.ACCEPTED;
                        },
                        new Event.RetryRequested(tasks, timeout));
        if (answer == Answer.ACCEPTED) {
            resume(job);
        }
        return answer;
    }

    /// Whether all that is asked for has succeeded.
    ///
    /// @param tasks empty: the job
    private static boolean isDone(JobState state, List<TaskId> tasks) {
        boolean isCompleted = state.ended().filter(s -> s == JobStatus.COMPLETED).isPresent();
        boolean areCompleted =
                !tasks.isEmpty()
                        && tasks.stream()
                                .flatMap(task -> state.task(task).stream())
                                .allMatch(task -> task.status() == TaskStatus.COMPLETED);
        return isCompleted || areCompleted;
    }

    /// Writes down that the job's result was merged into a branch after its end.
    public Answer merged(JobId job, String target, CommitId commit) {
        return request(job, _ -> Answer.ACCEPTED, new Event.ResultMerged(target, commit));
    }

    private Answer request(JobId job, Function<JobState, Answer> check, Event event) {
        while (true) {
            Optional<JobState> state = state(job);
            if (state.isEmpty()) {
                return Answer.NO_SUCH_JOB;
            }
            Answer answer = check.apply(state.get());
            if (answer != Answer.ACCEPTED
                    || log.append(
                            job, state.get().sequence() + 1, clock.instant(), List.of(event))) {
                return answer;
            }
        }
    }

    /// The job's tasks for those who work outside; empty where there is no such job. It does not matter
    /// whether anybody drives the job.
    public Optional<WorkQueue> queue(JobId job) {
        synchronized (queues) {
            WorkQueue known = queues.get(job);
            if (known != null) {
                return Optional.of(known);
            }
        }
        if (log.last(job).isEmpty()) {
            return Optional.empty();
        }
        synchronized (queues) {
            return Optional.of(
                    queues.computeIfAbsent(job, _ -> new WorkQueue(job, log, clock, chance, mask)));
        }
    }

    /// The queues asked for last, with the states that they have read; others read theirs again.
    private static final class RecentQueues extends LinkedHashMap<JobId, WorkQueue> {
        private static final long serialVersionUID = 1L;
        private static final int QUEUES_MAX = 100;

        private RecentQueues() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<JobId, WorkQueue> eldest) {
            return size() > QUEUES_MAX;
        }
    }

    /// Lays down every job that this engine drives: nothing new starts, running attempts are asked to
    /// end, their work and sessions are kept. Returns at once; [#await] tells when a job is laid down.
    public void pauseAll() {
        drives.values().forEach(Drive::pause);
    }

    /// The same for good, at the end of the process: what this engine is asked to drive from now on is stored, taken up and
    /// laid down at once.
    public void stop() {
        isStopping = true;
        pauseAll();
    }

    /// Ends the running attempts of every job that this engine drives at once.
    public void killAll() {
        drives.values().forEach(Drive::kill);
    }

    /// Waits until this engine drives the job no more, and says how it left it. A job that it does not
    /// drive is over or laid down, as the log tells, or in another's hands.
    ///
    /// @throws IllegalStateException where the drive broke off, for the cause in it
    public Turn await(JobId job) throws InterruptedException {
        Optional<Turn> last = Optional.empty();
        for (Drive drive = drives.get(job); drive != null; drive = drives.get(job)) {
            last = drive.await();
        }
        Throwable cause = broken.get(job);
        if (cause != null) {
            throw new IllegalStateException("job " + job + " cannot be driven", cause);
        }
        return last.orElseGet(() -> state(job).map(Engine::left).orElse(new Turn.Superseded()));
    }

    private static Turn left(JobState state) {
        if (state.ended().isPresent()) {
            return new Turn.Over(state.ended().get());
        }
        return state.driverProcess().isEmpty() ? new Turn.LaidDown() : new Turn.Superseded();
    }

    /// The job's state as the log tells it now; empty where there is no such job.
    public Optional<JobState> state(JobId job) {
        JobState state = new JobState(job);
        log.readOn(job, 0, state::apply);
        return state.sequence() == 0 ? Optional.empty() : Optional.of(state);
    }

    /// All jobs, the newest first.
    public List<JobId> jobs() {
        return log.jobs();
    }

    /// At most `max` of the job's events after `sequence`.
    public List<Recorded> events(JobId job, long sequence, int max) {
        return log.read(job, sequence, max);
    }

    /// Does what needs the log for a child job, in a thread of its own, again until the log lets it.
    private void patiently(JobId child, Runnable work) {
        Thread.ofVirtual()
                .name("children")
                .start(() -> {
                    GrowingWait wait = new GrowingWait();
                    while (!isClosed) {
                        try {
                            work.run();
                            return;
                        } catch (EventLogException e) {
                            LOG.log(System.Logger.Level.ERROR, "a child job waits for the log", e);
                            try {
                                wait.pass();
                            } catch (InterruptedException _) {
                                return;
                            }
                        } catch (RuntimeException e) {
                            // The edge of a thread: nobody else would tell whoever waits for the
                            // job.
                            LOG.log(System.Logger.Level.ERROR, "job " + child + " is given up", e);
                            dispatch.brokeOff(child, e);
                            return;
                        }
                    }
                });
    }

    /// Leaves all jobs as they are: their attempts are not stopped by this, and whoever resumes a job finds them.
    @Override
    public void close() {
        isClosed = true;
        subscription.close();
        drives.values().forEach(Drive::abandon);
    }

    /// A driver with the thread that takes its turns.
    private final class Drive {
        private final JobId job;
        private final Driver driver;
        private final Alarm alarm = new Alarm(clock);
        private final Thread thread;
        private final CountDownLatch gone = new CountDownLatch(1);
        private volatile Optional<Turn> last = Optional.empty();
        private volatile boolean kill;

        private Drive(JobId job, int number) {
            this.job = job;
            this.driver =
                    new Driver(
                            job,
                            number,
                            log,
                            dispatch,
                            slots,
                            clock,
                            chance,
                            alarm::ring,
                            this::tellOthers);
            this.thread = Thread.ofVirtual().name("job-" + job).unstarted(this::run);
        }

        /// It is among the drives already, so that whoever stops them all finds it, or is seen here.
        private void start() {
            broken.remove(job);
            if (isStopping) {
                pause();
            }
            thread.start();
        }

        private void pause() {
            driver.report(new Event.PauseRequested());
        }

        private Driver driver() {
            return driver;
        }

        private void wake() {
            alarm.ring();
        }

        private void kill() {
            kill = true;
            alarm.ring();
        }

        private void abandon() {
            thread.interrupt();
        }

        /// How the drive left the job; empty where it was abandoned or broke off.
        private Optional<Turn> await() throws InterruptedException {
            gone.await();
            return last;
        }

        private void tellOthers(Event.AgentPaused pause) {
            for (Drive other : drives.values()) {
                if (other != this) {
                    other.driver.report(pause);
                }
            }
        }

        private void run() {
            try {
                last = Optional.of(drive());
            } catch (InterruptedException e) {
                LOG.log(System.Logger.Level.DEBUG, () -> "job " + job + " is abandoned");
            } catch (Exception | Error e) {
                // The edge of a thread: its attempts must not outlive it, and whoever waits is
                // told.
                broken.put(job, e);
                driver.killAll();
                LOG.log(System.Logger.Level.ERROR, "job " + job + " cannot be driven", e);
                dispatch.brokeOff(job, e);
            } finally {
                leave();
            }
        }

        private void leave() {
            driver.leave();
            drives.remove(job, this);
            gone.countDown();
        }

        private Turn drive() throws InterruptedException {
            Turn turn = turn();
            while (turn instanceof Turn.Waiting waiting) {
                alarm.await(waiting.until());
                if (kill) {
                    driver.killAll();
                }
                turn = turn();
            }
            return turn;
        }

        /// One turn; a failing log is tried again with patience, since nothing can go on without it.
        private Turn turn() throws InterruptedException {
            GrowingWait wait = new GrowingWait();
            while (true) {
                try {
                    return driver.turn();
                } catch (EventLogException e) {
                    LOG.log(System.Logger.Level.ERROR, "job " + job + " waits for the log", e);
                    alarm.await(Optional.of(clock.instant().plus(wait.next())));
                    if (kill) {
                        driver.killAll();
                    }
                }
            }
        }
    }
}
