package dev.coppice.runtime;

import dev.coppice.attempt.Equipment;
import dev.coppice.attempt.LocalDispatch;
import dev.coppice.attempt.Passes;
import dev.coppice.config.Configuration;
import dev.coppice.engine.Driver;
import dev.coppice.engine.Engine;
import dev.coppice.engine.Slots;
import dev.coppice.folder.JobFolder;
import dev.coppice.folder.Secrets;
import dev.coppice.git.BranchName;
import dev.coppice.git.Discovery;
import dev.coppice.git.Git;
import dev.coppice.git.Repositories;
import dev.coppice.merge.Merges;
import dev.coppice.model.Event;
import dev.coppice.model.Integration;
import dev.coppice.model.Integration.Delivery;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Outcome;
import dev.coppice.model.Plan;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Recorded;
import dev.coppice.model.Settings;
import dev.coppice.model.TaskId;
import dev.coppice.model.Worker;
import dev.coppice.plan.PlanDraft;
import dev.coppice.plan.Verdict;
import dev.coppice.process.Identity;
import dev.coppice.process.Processes;
import dev.coppice.report.JobHistory;
import dev.coppice.report.JobView;
import dev.coppice.report.StatusText;
import dev.coppice.schedule.JobState;
import dev.coppice.store.Store;
import dev.coppice.store.Stores;
import dev.coppice.workspace.Cleaning;
import dev.coppice.workspace.DiskRoom;
import dev.coppice.workspace.Workspaces;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Coppice, opened on one repository, or on one folder without: the only place where the rooms are put
/// together. What only looks opens the store; what drives jobs opens the rest when it is first asked for.
///
/// Safe for use by many threads. Closing it leaves the jobs that it drives as they are: lay them down
/// first (`engine().pauseAll()`), or let them be resumed.
public final class Coppice implements AutoCloseable {
    /// Running attempts of one process, over all its jobs.
    private static final int SLOTS_MAX = 64;

    private static final String OURS = ".coppice";

    private final Surroundings surroundings;
    private final Ground ground;
    private final Configuration configuration;
    private final Processes processes;
    private final Secrets secrets;
    private final Passes passes = new Passes();
    private @Nullable Store store;
    private @Nullable Drive drive;
    private @Nullable Thread expecting;
    private boolean isClosed;

    /// What is needed to drive jobs, beyond looking at them.
    private record Drive(
            Optional<Workspaces> workspaces,
            LocalDispatch dispatch,
            Engine engine,
            Delegation delegation,
            Chronicle chronicle) {}

    Coppice(
            Surroundings surroundings,
            Ground ground,
            Configuration configuration,
            Processes processes) {
        this.surroundings = surroundings;
        this.ground = ground;
        this.configuration = configuration;
        this.processes = processes;
        List<String> known = new ArrayList<>(configuration.secrets());
        this.secrets = new Secrets(known);
    }

    /// Opens Coppice where the user stands: in a repository, or in a folder without one that is configured
    /// for tasks without worktrees, or has jobs already.
    ///
    /// @param configFile the file of `--config`
    /// @param flags see [Sources#FLAGS]
    public static Opening open(
            Surroundings surroundings,
            Optional<Path> configFile,
            SequencedMap<String, String> flags) {
        Processes processes = Processes.open();
        Opening opening = new Opener(surroundings, configFile, flags).open(processes);
        if (opening instanceof Opening.Refused) {
            processes.close();
        }
        return opening;
    }

    boolean isWithoutWorktrees() {
        return configuration.settings().layout().isolation() == Settings.Isolation.NONE;
    }

    public Configuration configuration() {
        return configuration;
    }

    /// The checkout's top folder; without a repository the folder that the user stands in.
    public Path root() {
        return ground.root();
    }

    /// The repository as it was found at the opening.
    ///
    /// @throws NoRepositoryException where there is none
    public Discovery.Found repository() {
        return checkout().found();
    }

    /// Git, in the repository.
    ///
    /// @throws NoRepositoryException where there is none
    public Git git() {
        return checkout().git();
    }

    private Ground.Checkout checkout() {
        return switch (ground) {
            case Ground.Checkout checkout -> checkout;
            case Ground.Folder folder -> throw new NoRepositoryException(folder.root());
        };
    }

    boolean isCheckout() {
        return ground instanceof Ground.Checkout;
    }

    private Optional<Git> gitIfAny() {
        return ground instanceof Ground.Checkout checkout
                ? Optional.of(checkout.git())
                : Optional.empty();
    }

    /// Makes a folder of ours, in a checkout so that git never sees it. Returns its real path.
    public Path makeFolder(Path folder) {
        return Workspaces.makeFolder(gitIfAny(), folder);
    }

    public Processes processes() {
        return processes;
    }

    /// The one place where secrets are taken out of text.
    public Secrets secrets() {
        return secrets;
    }

    /// The room on the disk, and what it takes when all workers are at work on the commit that the user stands on.
    ///
    /// @throws IOException if the disk can't be asked
    public DiskRoom diskRoom() throws IOException {
        DiskRoom room = DiskRoom.of(root());
        if (ground instanceof Ground.Checkout(Discovery.Found found, Git git)
                && !isWithoutWorktrees()) {
            int workers = configuration.settings().workers().maxWorkers();
            return found.head()
                    .at()
                    .map(commit -> room.forWorkspaces(workers, git, commit))
                    .orElse(room);
        }
        return room;
    }

    /// Checks what a user asks for as a whole; nothing is changed.
    public Preparation prepare(RunOrder order) throws InterruptedException {
        return preparing(ground, configuration.settings()).prepare(order);
    }

    /// Checks a plan alone; nothing is changed.
    public Verdict check(PlanDraft plan) {
        return preparing(ground, configuration.settings()).check(plan);
    }

    /// The same long after the opening, with the repository as it stands now, and under settings of the
    /// order's own, which were made from those of the configuration.
    public Preparation prepare(RunOrder order, Settings settings) throws InterruptedException {
        Optional<Ground> now = groundNow();
        return now.isPresent() ? preparing(now.get(), settings).prepare(order) : repositoryGone();
    }

    /// Prepares a job without tasks, to which they are added one after the other, by its queue.
    public Preparation prepareOpen(String request, Settings settings) {
        return groundNow()
                .map(now -> preparing(now, settings).prepareOpen(request))
                .orElseGet(this::repositoryGone);
    }

    private Optional<Ground> groundNow() {
        return switch (ground) {
            case Ground.Folder folder -> Optional.of(folder);
            case Ground.Checkout(Discovery.Found _, Git git) -> {
                Repositories repositories = new Repositories(processes, surroundings.environment());
                yield repositories.discover(surroundings.folder()) instanceof Discovery.Found now
                        ? Optional.of(new Ground.Checkout(now, git))
                        : Optional.empty();
            }
        };
    }

    private Preparation repositoryGone() {
        return new Preparation.Refused(
                Refusal.unusable(
                        root().toString(),
                        "The repository can no longer be used. `coppice doctor` says why."));
    }

    private Preparing preparing(Ground where, Settings settings) {
        expectChildren();
        return new Preparing(surroundings, where, configuration, settings, probe());
    }

    private AgentProbe probe() {
        return new AgentProbe(processes, surroundings.environment());
    }

    /// Has ready, in the background, what the first child would wait for.
    private synchronized void expectChildren() {
        if (expecting == null) {
            expecting = Thread.ofPlatform().daemon().name("expecting").start(processes::prepare);
        }
    }

    /// The repository's store, made where there is none.
    public synchronized Store store() {
        Store open = store;
        if (open == null) {
            if (ground instanceof Ground.Folder folder && configuration.storeUrl().isEmpty()) {
                makeFolder(folder.root().resolve(OURS));
            }
            open = Stores.open(storeUrl(), surroundings.coppiceHome().resolve("cache"));
            store = open;
        }
        return open;
    }

    /// The histories of the repository's jobs, with secrets masked.
    public Histories log() {
        return new Histories(store(), secrets);
    }

    /// The event as one line of JSON, in the form in which it is stored.
    public String json(Recorded recorded) {
        return Stores.json(recorded);
    }

    private String storeUrl() {
        return configuration.storeUrl().orElseGet(() -> "jdbc:sqlite:" + storeFile());
    }

    private Path storeFile() {
        return switch (ground) {
            case Ground.Checkout checkout ->
                    checkout.found().commonFolder().resolve("coppice").resolve("coppice.db");
            case Ground.Folder folder -> folder.root().resolve(OURS).resolve("coppice.db");
        };
    }

    /// What drives jobs.
    public Engine engine() {
        return drive().engine();
    }

    /// The repository's workspaces.
    ///
    /// @throws NoRepositoryException where there is no repository
    public Workspaces workspaces() {
        return drive().workspaces().orElseThrow(() -> new NoRepositoryException(root()));
    }

    private synchronized Drive drive() {
        Drive open = drive;
        if (open == null) {
            open = openDrive();
            drive = open;
        }
        return open;
    }

    private Drive openDrive() {
        Optional<Equipment.Repository> repository =
                gitIfAny()
                        .map(git ->
                                new Equipment.Repository(
                                        git, new Merges(git), openWorkspaces(git)));
        if (isWithoutWorktrees()) {
            makeFolder(workspaceRoot(surroundings.folder()));
        }
        Chronicle chronicle = new Chronicle(store(), secrets, surroundings.clock());
        Equipment equipment =
                new Equipment(
                        processes,
                        repository,
                        surroundings.environment(),
                        passes,
                        secrets,
                        chronicle::said,
                        surroundings.clock());
        LocalDispatch dispatch = new LocalDispatch(equipment);
        Engine engine =
                new Engine(
                        store(),
                        dispatch,
                        new Slots(SLOTS_MAX),
                        surroundings.clock(),
                        new SecureRandom(),
                        identity(processes.self()),
                        process -> processes.isAlive(identity(process)),
                        secrets::maskReport);
        Optional<Workspaces> workspaces = repository.map(Equipment.Repository::workspaces);
        return new Drive(
                workspaces,
                dispatch,
                engine,
                new Delegation(engine, workspaces, probe()),
                chronicle);
    }

    private Workspaces openWorkspaces(Git git) {
        return Workspaces.open(
                git,
                processes,
                workspaceRoot(git.topLevel()),
                surroundings.coppiceHome(),
                configuration.settings().workers().maxWorkers(),
                surroundings.clock());
    }

    private Path workspaceRoot(Path root) {
        return root.resolve(configuration.settings().layout().workspaceRoot()).normalize();
    }

    private static ProcessIdentity identity(Identity identity) {
        return new ProcessIdentity(identity.pid(), identity.startTicks(), identity.bootId());
    }

    static Identity identity(ProcessIdentity identity) {
        return new Identity(identity.pid(), identity.startTicks(), identity.bootId());
    }

    /// Stores a job and begins to drive it.
    public JobId submit(Preparation.Ready prepared) {
        JobId job = engine().submit(prepared.request(), prepared.warnings());
        drive().chronicle().follow(job);
        return job;
    }

    /// From now on the agents that are started here are told of a door where they can call, and get a token by which
    /// they are known there. Without a door they can start no jobs.
    ///
    /// @param door the root of what can be called
    public void openDoor(URI door) {
        passes.open(door);
    }

    /// From now on no agent is told of a door.
    public void shutDoor() {
        passes.shut();
    }

    /// Whose the token is; empty where it is nobody's any more.
    public Optional<Worker> worker(String token) {
        return passes.holder(token);
    }

    /// Starts a job for a running attempt, from the files as they are in its workspace now.
    ///
    /// @param wishes makes of the settings that the job has by its parent those that it is to have
    public ChildBirth startChild(Worker of, RunOrder order, UnaryOperator<Settings> wishes)
            throws InterruptedException {
        return drive().delegation().start(of, order, wishes);
    }

    /// Adds tasks that an agent wants to have in a job, all or none. The job goes on with them where it was over.
    ///
    /// @param by whose running attempt adds them; empty: an agent outside
    /// @throws IllegalArgumentException where there is no such job
    public TaskBirth addTasks(JobId job, Optional<Worker> by, PlanDraft tasks) {
        TaskBirth birth = drive().delegation().add(job, by, tasks);
        if (birth instanceof TaskBirth.Added
                && !view(job).map(JobView::isLeftToClaimants).orElse(false)) {
            resume(job);
        }
        return birth;
    }

    /// Lays the result of a running attempt where its agent may leave it. False where the attempt does not run here.
    ///
    /// @param json in the form of the result file
    public boolean layResult(Worker of, String json) {
        return drive().dispatch().layResult(of, json);
    }

    /// Whoever does a running attempt is at work, though nothing may be printed. False where the attempt does not run
    /// here.
    public boolean signOfLife(Worker of) {
        return drive().dispatch().signOfLife(of);
    }

    /// The job after its queue was worked. Where that ended it and nobody drives it, its reports are there.
    ///
    /// @throws IllegalArgumentException where there is no such job
    public JobView afterClaim(JobId job) throws InterruptedException {
        JobView now =
                view(job).orElseThrow(() -> new IllegalArgumentException("there is no job " + job));
        if (now.isLeftToClaimants() && now.status().isOver()) {
            await(job);
        }
        return now;
    }

    /// Asks the lead for a plan of the request, and runs none of it.
    public Outcome plan(Preparation.Ready prepared) throws InterruptedException {
        Instant now = surroundings.clock().instant();
        JobId name = JobId.of(now, new SecureRandom().nextLong());
        Drive driving = drive();
        return new Planning(driving.dispatch(), driving.workspaces(), name, prepared.request())
                .ask(now);
    }

    /// Goes on with a job that nobody drives, or that this process drives already. The folder of one that
    /// another process drives is left to that.
    public Engine.Resumption resume(JobId job) {
        expectChildren();
        Engine.Resumption resumption = engine().resume(job);
        if (resumption instanceof Engine.Resumption.Driven(ProcessIdentity by)) {
            if (!by.equals(identity(processes.self()))) {
                return resumption;
            }
            resumption = new Engine.Resumption.Resumed();
        }
        drive().chronicle().follow(job);
        return resumption;
    }

    /// Waits until this process drives the job no more, and its logs and reports say so.
    public Driver.Turn await(JobId job) throws InterruptedException {
        Driver.Turn last = engine().await(job);
        for (JobId child : engine().state(job).map(JobState::children).orElse(List.of())) {
            await(child); // laid down as its parent was, which may take longer
        }
        if (!(last instanceof Driver.Turn.Superseded)) {
            drive().chronicle().conclude(job);
        }
        return last;
    }

    /// Waits as [#await] does. Where the thread is interrupted, the job is canceled and its end waited for before this
    /// throws.
    public Driver.Turn awaitOrCancel(JobId job) throws InterruptedException {
        try {
            return await(job);
        } catch (InterruptedException e) {
            engine().cancel(job, Optional.empty());
            await(job);
            throw e;
        }
    }

    /// Hands on the job's events from the first one on, as they come and as they may be shown, until it is closed.
    public JobEvents events(JobId job, Consumer<Recorded> each) {
        JobEvents events = log().events(job, 0, each);
        events.start();
        return events;
    }

    /// Keeps the folder of a job that others work on in step with its history, until the job is over.
    public void follow(JobId job) {
        drive().chronicle().follow(job);
    }

    /// Returns when the folder of a job that this process drives has what the job's history has now.
    public void settle(JobId job) {
        drive().chronicle().settle(job);
    }

    /// Merges the result of a job that has one into a branch, and writes down that it was.
    ///
    /// @throws NoRepositoryException where there is no repository
    public Delivery merge(JobView job, BranchName target) {
        Delivery delivery = Merging.deliver(git(), job, target, surroundings.clock().instant());
        if (delivery instanceof Delivery.Delivered done
                && !job.integration().map(Integration::delivery).equals(Optional.of(done))) {
            engine().merged(job.id(), done.target(), done.commit());
            drive().chronicle().conclude(job.id());
        }
        return delivery;
    }

    /// Removes what jobs that are over left and nobody needs any more; what is not merged stays.
    ///
    /// @param before older than this, what was rescued goes too
    /// @throws NoRepositoryException where there is no repository
    public Cleaning clean(Optional<Instant> before) throws InterruptedException {
        return new Housekeeping(this, surroundings.clock()).clean(before);
    }

    /// Removes the folders of the root jobs that ended before `moment`, with those of the jobs that came of them, and
    /// cleans up after these jobs as [#clean] does. A folder stays while a workspace is in it that has to stay; so do
    /// the jobs' histories.
    ///
    /// @return the folders that were removed
    public List<Path> removeFolders(Instant moment) throws InterruptedException {
        return new Housekeeping(this, surroundings.clock()).removeFolders(moment);
    }

    /// Recomputes what can be recomputed of a job: the chain of its events, and whether git has the work
    /// that they tell of.
    ///
    /// @throws IllegalArgumentException where there is no such job
    public Audit.Verdict verify(JobId job) {
        return new Audit(store(), gitIfAny(), secrets).of(job);
    }

    /// All jobs of the repository, the newest first. Looking makes no store where there is none.
    public List<JobId> jobs() {
        return isStored() ? store().jobs() : List.of();
    }

    synchronized boolean isStored() {
        return store != null || Stores.exists(storeUrl());
    }

    /// Stores the job for others: to drive, by `resume`, or to claim its tasks.
    public JobId leave(Preparation.Ready prepared) {
        return store(prepared, List.of(new Event.JobSubmitted(prepared.request())));
    }

    /// Stores a job with a plan for those who claim its tasks.
    ///
    /// @throws IllegalArgumentException if it has no plan
    public JobId leaveToClaimants(Preparation.Ready prepared) {
        Plan plan =
                prepared.request()
                        .plan()
                        .orElseThrow(() -> new IllegalArgumentException("there is no plan"));
        JobRequest open = prepared.request().planned(new Plan(plan.goal(), List.of()));
        return store(
                prepared,
                List.of(
                        new Event.JobSubmitted(open),
                        new Event.TasksAdded(Optional.empty(), plan.goal(), plan.tasks())));
    }

    private JobId store(Preparation.Ready prepared, List<Event> beginning) {
        List<Event> events = new ArrayList<>(beginning);
        prepared.warnings()
                .forEach(
                        w -> events.add(new Event.Noted(Event.Level.WARNING, Optional.empty(), w)));
        SecureRandom chance = new SecureRandom();
        while (true) {
            Instant now = surroundings.clock().instant();
            JobId job = JobId.of(now, chance.nextLong());
            if (store().append(job, 1, now, events)) {
                return job;
            }
        }
    }

    /// Where a job's files are. A job keeps the root that it was submitted with.
    public JobFolder folder(JobView job) {
        return JobFolder.of(job.request(), job.id());
    }

    /// The job as its users see it, with secrets masked; empty where there is no such job.
    public Optional<JobView> view(JobId job) {
        if (!isStored()) {
            return Optional.empty();
        }
        Histories log = log();
        Optional<JobHistory> history =
                log.read(job, 0, 1).stream().findFirst().map(JobHistory::new);
        history.ifPresent(begun -> log.readOn(job, 1, begun::apply));
        return history.map(JobHistory::view);
    }

    /// Whether a living process drives the job.
    public boolean isDriven(JobView job) {
        return job.driver().filter(d -> isDriving(d.process(), job.id())).isPresent();
    }

    /// A job that can't be driven is left by a process that lives on.
    private boolean isDriving(ProcessIdentity process, JobId job) {
        if (!process.equals(identity(processes.self()))) {
            return processes.isAlive(identity(process));
        }
        Optional<Engine> own = engineIfOpen();
        return own.isPresent() && own.get().isDriving(job);
    }

    private synchronized Optional<Engine> engineIfOpen() {
        return Optional.ofNullable(drive).map(Drive::engine);
    }

    /// What the job's running attempts take from this machine, whichever process drives them; those of
    /// which no process lives here are left out.
    public Map<TaskId, StatusText.Load> loads(JobView job) {
        return new AgentProcesses(processes).loads(job);
    }

    /// Numbers of the living processes that agents of this repository's jobs left on this machine: nobody
    /// drives these jobs, or they are over, or there is no such job. The last are what a lead left that was
    /// asked for a plan alone; it may still be at it.
    public SortedMap<JobId, List<Long>> leftovers() {
        return new AgentProcesses(processes).leftovers(root(), this::isAtWork);
    }

    /// Empty where there is no such job.
    private Optional<Boolean> isAtWork(JobId id) {
        return view(id).map(job -> !job.status().isOver() && isDriven(job));
    }

    /// Lets go of everything. Attempts that run end at once, and their jobs can be resumed: what agents did is in their
    /// workspaces. A thread that is interrupted stays so.
    @Override
    public synchronized void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        List<Runnable> steps = new ArrayList<>();
        Drive driving = drive;
        if (driving != null) {
            steps.add(driving.engine()::close);
            steps.add(driving.dispatch()::close);
            steps.add(driving.chronicle()::close);
            driving.workspaces().ifPresent(workspaces -> steps.add(workspaces::close));
        }
        if (store != null) {
            steps.add(store::close);
        }
        Thread preparing = expecting;
        if (preparing != null) {
            // what it loads after the end would never be closed
            steps.add(() -> joined(preparing));
        }
        steps.add(processes::close);
        takeAll(steps);
    }

    /// Takes each step, whatever became of the one before, as a thread that is not interrupted: git is not started for one
    /// that is.
    ///
    /// @throws RuntimeException what the last step that failed threw, with what others did before
    private static void takeAll(List<Runnable> steps) {
        boolean isInterrupted = false;
        Optional<RuntimeException> failure = Optional.empty();
        for (Runnable step : steps) {
            isInterrupted |= Thread.interrupted();
            try {
                step.run();
            } catch (RuntimeException e) {
                failure.ifPresent(e::addSuppressed);
                failure = Optional.of(e);
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    private static void joined(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
