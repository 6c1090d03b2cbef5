package dev.coppice.library.envelope;

import dev.coppice.git.BranchName;
import dev.coppice.git.Landed;
import dev.coppice.git.RefName;
import dev.coppice.model.Settings;
import dev.coppice.process.CannotStartException;
import dev.coppice.process.Command;
import dev.coppice.process.Exit;
import dev.coppice.process.ExitHook;
import dev.coppice.process.Finished;
import dev.coppice.process.Processes;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Surroundings;
import dev.coppice.workspace.Requirements;
import dev.coppice.workspace.SetupLog;
import dev.coppice.workspace.VirtualEnvironments;
import dev.coppice.workspace.WorkspaceException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The functions of documents 000 and 001: worktrees, Python environments, and envelopes run by agents, each as a job of
/// the one engine, so that `coppice status`, `report` and `verify` know it, too.
///
/// All that Python awaits blocks here, and ends when its thread is interrupted: what it had started is then ended first.
/// Run it in a virtual thread. Safe for use by many threads. What is done is told in `orchestrator_audit.log` and on
/// standard output: every call, the programs that it runs, and what came of them. git is told of by what it is asked for,
/// and the static functions, which touch nothing, are told of nowhere.
///
/// ```
/// try (Orchestration orchestration = Orchestration.open()) {
///     HandoffEnvelope envelope =
///             Orchestration.buildEnvelope("test_agent", "Test task", Map.of("data", "value"));
///     TaskResult result = orchestration.runSubagent("test-branch", envelope);
///     IO.println("Status: " + result.status() + ", outputs: " + result.outputs());
/// }
/// ```
public final class Orchestration implements AutoCloseable {
    /// Tries of [#retryWithBackoff] after the first.
    public static final int DEFAULT_RETRIES = 3;

    /// The wait before the first retry.
    public static final Duration DEFAULT_BASE_DELAY = Duration.ofSeconds(1);

    /// The longest wait before a retry.
    public static final Duration DEFAULT_MAX_DELAY = Duration.ofSeconds(60);

    /// The share of a delay by which it varies.
    public static final double DEFAULT_JITTER_RANGE = 0.1;

    /// Of [#runCommand].
    public static final Duration DEFAULT_COMMAND_TIMEOUT = Duration.ofMinutes(5);

    /// Of an envelope, and of [#runAgentInVenv].
    public static final Duration DEFAULT_AGENT_TIMEOUT = Duration.ofMinutes(30);

    /// Of [#createWorktree], [#removeWorktree] and [#mergeWorktree].
    public static final Duration DEFAULT_OPERATION_TIMEOUT = Duration.ofSeconds(60);

    /// What an error and the log call that which [#runWithTimeout] and [#retryWithBackoff] were given no name for.
    public static final String DEFAULT_OPERATION_NAME = "operation";

    /// The branch that [#mergeWorktree] merges into; where there is none, the repository's default branch.
    public static final String DEFAULT_TARGET_BRANCH = "main";

    /// What [#writeResults] writes in the current folder.
    public static final String RESULTS_FILE = "orchestration_results.json";

    /// What all is told in, in the current folder.
    public static final String AUDIT_FILE = "orchestrator_audit.log";

    private static final String REQUIREMENTS_FILE = "requirements.txt";

    /// How long what runs out of time, and is interrupted, may take to end: far more than ending its programs takes.
    private static final Duration STOP_GRACE = Duration.ofSeconds(10);

    /// Static so that no two envelopes of this process share an id; each takes a millisecond of its own.
    private static final AtomicLong LAST_ID_MILLIS = new AtomicLong();

    private final Surroundings surroundings;
    private final AuditLog audit;
    private final Duration operationTimeout;
    private final Duration stopGrace;
    private final Processes processes = Processes.open();
    private final OpenRepositories repositories;
    private final Worktrees worktrees;
    private final VirtualEnvironments environments;
    private final SecureRandom chance = new SecureRandom();
    private final ExitHook exit;

    /// @param operationTimeout in place of [#DEFAULT_OPERATION_TIMEOUT]
    /// @param stopGrace in place of 10 s
    Orchestration(
            Surroundings surroundings,
            Path auditLog,
            PrintStream console,
            Duration operationTimeout,
            Duration stopGrace) {
        this.surroundings = surroundings;
        this.operationTimeout = operationTimeout;
        this.stopGrace = stopGrace;
        this.audit =
                new AuditLog(auditLog, console, surroundings.environment(), surroundings.clock());
        this.repositories =
                new OpenRepositories(
                        surroundings,
                        processes,
                        audit,
                        auditLog,
                        surroundings.folder().resolve(RESULTS_FILE));
        this.worktrees = new Worktrees(surroundings, repositories);
        this.environments = VirtualEnvironments.under(surroundings.coppiceHome());
        this.exit = ExitHook.of(this::end);
    }

    /// Opens the functions where this process stands.
    public static Orchestration open() {
        return open(Surroundings.ofThisProcess());
    }

    /// Opens them in another folder or environment.
    public static Orchestration open(Surroundings surroundings) {
        return open(surroundings, surroundings.folder().resolve(AUDIT_FILE), System.out);
    }

    /// Opens them with another audit log and console.
    public static Orchestration open(
            Surroundings surroundings, Path auditLog, PrintStream console) {
        return new Orchestration(
                surroundings, auditLog, console, DEFAULT_OPERATION_TIMEOUT, STOP_GRACE);
    }

    // ---- values

    /// An envelope with a fresh id, `<agent>_<milliseconds>`, and the defaults of the documents (a custom agent, 1800 s, no
    /// retry); its `with` methods give it more.
    ///
    /// @param taskName what is to be done
    public static HandoffEnvelope buildEnvelope(
            String agentName, String taskName, Map<String, ?> inputs) {
        long id =
                LAST_ID_MILLIS.accumulateAndGet(
                        System.currentTimeMillis(), (last, now) -> Math.max(last + 1, now));
        return HandoffEnvelope.of(agentName + "_" + id, agentName, taskName, inputs);
    }

    /// The SHA-256 of a text, or of a value's JSON with sorted keys, as the Python original computes it.
    ///
    /// @throws IllegalArgumentException for what JSON has no form for
    public static String computeHash(@Nullable Object data) {
        return PythonJson.hash(data);
    }

    /// Now, in UTC, to the microsecond: `2026-11-21T02:21:43.693000Z`.
    public static String getTimestamp() {
        return Seconds.moment(Instant.now());
    }

    /// All results as one summary.
    public static AggregatedResults aggregateResults(List<TaskResult> results) {
        return AggregatedResults.of(results);
    }

    // ---- worktrees

    /// A worktree on a branch of this name that begins at the commit one stands on, in `.coppice/worktrees` of the
    /// repository one stands in. See [#createWorktree(String, Path, Path)].
    public Path createWorktree(String branchName) throws InterruptedException {
        return createWorktree(
                branchName, surroundings.folder(), Worktrees.in(surroundings.folder()));
    }

    /// A worktree on a branch of this name that begins at the commit of `baseRepo`. A repository that is absent, or has no
    /// commit, is first made with one. What stood there under this name is replaced, after its work was rescued.
    ///
    /// @return the worktree's folder
    /// @throws EnvelopeException if git refuses, or takes longer than 60 s
    public Path createWorktree(String branchName, Path baseRepo, Path worktreeBase)
            throws InterruptedException {
        audit.info("create_worktree", "branch " + branchName + " of " + baseRepo);
        Path path =
                operation(
                        "create_worktree",
                        () ->
                                worktrees.create(
                                        branchName, absolute(baseRepo), absolute(worktreeBase)));
        audit.info("create_worktree", "created " + path);
        return path;
    }

    /// Removes the worktree and the branch of this name. See [#removeWorktree(String, Path, Path)].
    public void removeWorktree(String branchName) throws InterruptedException {
        removeWorktree(branchName, surroundings.folder(), Worktrees.in(surroundings.folder()));
    }

    /// Removes the worktree and the branch of this name. What is uncommitted, untracked or unmerged in them is kept under a
    /// rescue ref first, which the audit log names. What is not there is no error.
    ///
    /// @throws EnvelopeException if the branch is in use elsewhere, or git takes longer than 60 s
    public void removeWorktree(String branchName, Path baseRepo, Path worktreeBase)
            throws InterruptedException {
        audit.info("remove_worktree", "branch " + branchName + " of " + baseRepo);
        Optional<RefName> rescued =
                operation(
                        "remove_worktree",
                        () ->
                                worktrees.remove(
                                        branchName, absolute(baseRepo), absolute(worktreeBase)));
        audit.info(
                "remove_worktree",
                "removed " + branchName + rescued.map(ref -> ", rescued as " + ref).orElse(""));
    }

    /// Merges a branch into `main` or, where there is none, into the repository's default branch. See
    /// [#mergeWorktree(String, Path, String)].
    public boolean mergeWorktree(String branchName) throws InterruptedException {
        return merge(branchName, surroundings.folder(), Optional.empty());
    }

    /// Merges a branch into `targetBranch` with a merge commit, `Merge agent work from <branch>`. Where that can't be, or
    /// takes longer than 60 s, nothing is changed, the audit log says why, and the answer is false.
    public boolean mergeWorktree(String branchName, Path baseRepo, String targetBranch)
            throws InterruptedException {
        return merge(branchName, baseRepo, Optional.of(targetBranch));
    }

    private boolean merge(String branchName, Path baseRepo, Optional<String> target)
            throws InterruptedException {
        audit.info("merge_worktree", branchName + target.map(name -> " into " + name).orElse(""));
        try {
            Landed landed =
                    operation(
                            "merge_worktree",
                            () -> worktrees.merge(branchName, absolute(baseRepo), target));
            return isMerged(landed, branchName);
        } catch (EnvelopeException _) {
            return false; // the audit log has the reason
        }
    }

    /// Something that git does.
    @FunctionalInterface
    private interface Operation<T> {
        T run() throws InterruptedException;
    }

    /// Carries out what git does, within the time of an operation.
    ///
    /// @throws EnvelopeException if it fails, or takes too long; the audit log then has the reason
    private <T> T operation(String function, Operation<T> work) throws InterruptedException {
        try {
            return within(function, function, operationTimeout, work::run);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case InterruptedException interrupt -> throw interrupt;
                case RuntimeException cause -> throw failure(function, cause);
                case null, default -> throw new AssertionError(function, e);
            }
        }
    }

    private boolean isMerged(Landed landed, String branchName) {
        Optional<String> obstacle =
                switch (landed) {
                    case Landed.Merged _, Landed.AlreadyThere _ -> Optional.empty();
                    case Landed.WouldTouch no ->
                            Optional.of(
                                    "your changes stand in the way: "
                                            + no.paths()
                                            + "; then: "
                                            + no.command());
                    case Landed.Conflicts no ->
                            Optional.of("conflicts in " + no.paths() + "; try: " + no.command());
                    case Landed.Busy no -> Optional.of(no.reason() + "; then: " + no.command());
                };
        obstacle.ifPresentOrElse(
                why -> audit.error("merge_worktree", branchName + " is not merged: " + why),
                () -> audit.info("merge_worktree", branchName + " is merged"));
        return obstacle.isEmpty();
    }

    // ---- Python environments

    /// A Python environment `.venv` in a folder, with what its `requirements.txt` asks for.
    public Path setupVirtualenv(Path wtPath) throws InterruptedException {
        return setupVirtualenv(wtPath, List.of());
    }

    /// A Python environment `.venv` in a folder, in place of any there: pip upgraded where there is an index, these packages
    /// installed, then those of the folder's `requirements.txt`, if there is one. pip's own settings (`PIP_INDEX_URL`,
    /// `PIP_FIND_LINKS` …) hold. Each call of pip has 600 s.
    ///
    /// @return the environment's folder
    /// @throws EnvelopeException if there is no Python, or pip fails
    public Path setupVirtualenv(Path wtPath, List<String> requirements)
            throws InterruptedException {
        Path folder = absolute(wtPath);
        audit.info("setup_virtualenv", folder + " with " + requirements);
        requireFolder("setup_virtualenv", folder);
        try {
            Path log = Files.createTempFile("coppice-venv-", ".log");
            try {
                makeEnvironment(folder, requirements, log);
            } finally {
                SetupLog.commands(log)
                        .forEach(line -> tellCommand("setup_virtualenv", line, folder));
                Files.delete(log);
            }
            audit.info("setup_virtualenv", "made " + folder.resolve(VirtualEnvironments.FOLDER));
            return folder.resolve(VirtualEnvironments.FOLDER);
        } catch (WorkspaceException | IllegalArgumentException e) {
            throw failure("setup_virtualenv", e);
        } catch (IOException e) {
            throw new UncheckedIOException("no log can be made for " + folder, e);
        }
    }

    private void makeEnvironment(Path folder, List<String> requirements, Path log)
            throws InterruptedException {
        environments
                .make(
                        processes,
                        folder,
                        new Requirements(requirements, List.of(REQUIREMENTS_FILE)),
                        surroundings.environment(),
                        log)
                .forEach(warning -> audit.warning("setup_virtualenv", warning));
    }

    /// [#runAgentInVenv(Path, List, Duration)] within 1800 s.
    public CompletedProcess runAgentInVenv(Path wtPath, List<String> command)
            throws InterruptedException {
        return runAgentInVenv(wtPath, command, DEFAULT_AGENT_TIMEOUT);
    }

    /// Runs a command in a folder's Python environment and gives how it ended, whatever the exit code. A first word that ends
    /// in `.py` or begins with `-` is given to the environment's Python; any other is a program, looked for in the environment
    /// first.
    ///
    /// @throws EnvelopeException if the folder has no environment, the program is missing, or it writes more than 64 MiB
    /// @throws OperationTimedOutException after `timeout`; its whole process tree is then ended
    public CompletedProcess runAgentInVenv(Path wtPath, List<String> command, Duration timeout)
            throws InterruptedException {
        Path folder = absolute(wtPath);
        Path environment = folder.resolve(VirtualEnvironments.FOLDER);
        if (!Files.isExecutable(environment.resolve("bin").resolve("python"))) {
            throw failure(
                    "run_agent_in_venv",
                    new EnvelopeException(
                            "There is no virtualenv in "
                                    + folder
                                    + ". Make one with setupVirtualenv."));
        }
        List<String> argv = new ArrayList<>(command);
        if (!argv.isEmpty()
                && (argv.getFirst().endsWith(".py") || argv.getFirst().startsWith("-"))) {
            argv.addFirst(environment.resolve("bin").resolve("python").toString());
        }
        Map<String, String> variables = new HashMap<>(surroundings.environment());
        variables.put("VIRTUAL_ENV", environment.toString());
        variables.merge(
                "PATH", environment.resolve("bin").toString(), (had, bin) -> bin + ":" + had);
        variables.remove("PYTHONHOME");
        return run("run_agent_in_venv", argv, folder, variables, timeout);
    }

    // ---- commands, limits, retries

    /// [#runCommand(List, Path, Duration)] in the current folder, within 300 s.
    public CompletedProcess runCommand(List<String> command) throws InterruptedException {
        return runCommand(command, surroundings.folder(), DEFAULT_COMMAND_TIMEOUT);
    }

    /// Runs a program to its end. The vector is never read by a shell.
    ///
    /// @throws CommandFailedException for an exit code other than 0, with both streams
    /// @throws OperationTimedOutException after `timeout`; its whole process tree is then ended
    /// @throws EnvelopeException if the program or the folder is missing, or it writes more than 64 MiB
    public CompletedProcess runCommand(List<String> command, Path cwd, Duration timeout)
            throws InterruptedException {
        CompletedProcess process =
                run("run_command", command, absolute(cwd), surroundings.environment(), timeout);
        if (process.exitCode() != 0) {
            throw failure("run_command", new CommandFailedException(process));
        }
        return process;
    }

    private CompletedProcess run(
            String function,
            List<String> command,
            Path folder,
            Map<String, String> variables,
            Duration timeout)
            throws InterruptedException {
        tellCommand(function, String.join(" ", command), folder);
        requireFolder(function, folder);
        try {
            Finished finished =
                    processes.run(Command.of(folder, variables, command).withTimeout(timeout));
            audit.debug(function, command.getFirst() + " ended with " + finished.exit());
            return switch (finished.exit()) {
                case Exit.TimedOut _ -> throw timedOut(function, command.getFirst(), timeout);
                case Exit.OutputLimit(long bytesMax) ->
                        throw failure(
                                function, EnvelopeException.tooLong(command.getFirst(), bytesMax));
                case Exit.Exited _, Exit.Signaled _, Exit.Stopped _ ->
                        new CompletedProcess(
                                command,
                                finished.exitCode(),
                                finished.stdoutText(),
                                finished.stderr());
            };
        } catch (CannotStartException | IllegalArgumentException e) {
            throw failure(function, e);
        }
    }

    private void tellCommand(String function, String line, Path folder) {
        audit.info(function, "command " + line + " in " + folder);
    }

    private void requireFolder(String function, Path folder) {
        if (!Files.isDirectory(folder)) {
            throw failure(
                    function,
                    new EnvelopeException(
                            "There is no folder " + folder + ". Make it, or name another."));
        }
    }

    /// [#runWithTimeout(Callable, Duration, String)] of an operation without a name.
    public <T> T runWithTimeout(Callable<T> function, Duration timeout) throws Exception {
        return runWithTimeout(function, timeout, DEFAULT_OPERATION_NAME);
    }

    /// Calls a function, and waits for it no longer than `timeout`: its thread is then interrupted, which ends the programs that
    /// it runs here, and its end is waited for. One that ignores the interrupt for 10 s is left to itself, with a warning in
    /// the audit log.
    ///
    /// @param operationName what the error and the log call it
    /// @throws OperationTimedOutException `<operationName> timed out after <n> s`
    /// @throws Exception what the function throws
    public <T> T runWithTimeout(Callable<T> function, Duration timeout, String operationName)
            throws Exception {
        audit.info("run_with_timeout", operationName + " within " + Seconds.text(timeout));
        try {
            T result = within("run_with_timeout", operationName, timeout, function);
            audit.info("run_with_timeout", operationName + " succeeded");
            return result;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                audit.error("run_with_timeout", cause);
                throw cause;
            }
            throw e;
        }
    }

    private <T> T within(String function, String operation, Duration timeout, Callable<T> work)
            throws InterruptedException, ExecutionException {
        FutureTask<T> running = new FutureTask<>(work);
        Thread thread = Thread.ofVirtual().name(operation).start(running);
        try {
            return running.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            stop(function, operation, thread);
            throw timedOut(function, operation, timeout);
        } catch (InterruptedException e) {
            stop(function, operation, thread);
            throw e;
        }
    }

    private void stop(String function, String operation, Thread thread)
            throws InterruptedException {
        thread.interrupt();
        if (!thread.join(stopGrace)) {
            audit.warning(function, operation + " ignores that it was interrupted, and runs on");
        }
    }

    /// [#retryWithBackoff(Callable, RetryConfig, String)] with three retries and the default waits.
    public <T> T retryWithBackoff(Callable<T> function) throws Exception {
        return retryWithBackoff(
                function, RetryConfig.retries(DEFAULT_RETRIES), DEFAULT_OPERATION_NAME);
    }

    /// Calls a function until it succeeds, at most `maxRetries` + 1 times, with growing waits between. What can't succeed (bad
    /// arguments, an interrupt) is not tried again.
    ///
    /// @param name what the log calls it
    /// @throws Exception what the function threw last
    public <T> T retryWithBackoff(Callable<T> function, RetryConfig config, String name)
            throws Exception {
        audit.info("retry_with_backoff", name + ", with " + config.maxRetries() + " retries");
        Settings.Backoff backoff = config.backoff();
        for (int retry = 0; ; retry++) {
            try {
                T result = function.call();
                audit.info("retry_with_backoff", name + " succeeded");
                return result;
            } catch (InterruptedException | IllegalArgumentException | NullPointerException e) {
                audit.error("retry_with_backoff", e);
                throw e;
            } catch (Exception e) {
                // Any failure of the caller's own function is what this is for.
                if (retry >= config.maxRetries()) {
                    audit.error("retry_with_backoff", e);
                    throw e;
                }
                Duration delay = backoff.delay(retry, chance.nextDouble());
                audit.warning(
                        "retry_with_backoff",
                        "%s: attempt %d failed, retry in %s: %s"
                                .formatted(name, retry + 1, Seconds.text(delay), e));
                Thread.sleep(delay);
            }
        }
    }

    // ---- envelopes

    /// Runs an envelope by the default agent on a branch of this name. See
    /// [#runSubagent(String, HandoffEnvelope, List, Optional)].
    public TaskResult runSubagent(String branchName, HandoffEnvelope taskPayload)
            throws InterruptedException {
        return runSubagent(branchName, taskPayload, List.of(), Optional.empty());
    }

    /// As above, with these Python packages in the worktree's environment.
    public TaskResult runSubagent(
            String branchName, HandoffEnvelope taskPayload, List<String> requirements)
            throws InterruptedException {
        return runSubagent(branchName, taskPayload, requirements, Optional.empty());
    }

    /// Runs an envelope in a worktree of its own, with a Python environment, as a job of the engine with one task. The agent
    /// finds `task_envelope.json` and leaves `task_result.json` (`{"task_id", "status", "results"}`) at the worktree's top. Its
    /// work is committed on the branch, which begins at the commit one stands on and stays until it is merged or removed; the
    /// worktree goes. Whatever goes wrong is in the result.
    ///
    /// @param agent a configured agent, instead of `agents.default`
    /// @throws InterruptedException once the agent was ended, when the thread is interrupted
    public TaskResult runSubagent(
            String branchName,
            HandoffEnvelope taskPayload,
            List<String> requirements,
            Optional<String> agent)
            throws InterruptedException {
        return runSubagent(branchName, taskPayload, requirements, agent, 1);
    }

    private TaskResult runSubagent(
            String branchName,
            HandoffEnvelope taskPayload,
            List<String> requirements,
            Optional<String> agent,
            int atOnce)
            throws InterruptedException {
        audit.info("run_subagent", taskPayload.taskId() + " on " + branchName);
        EnvelopeRun run = new EnvelopeRun(audit, surroundings.clock(), branchName, taskPayload);
        try {
            Coppice coppice = repositories.made(surroundings.folder());
            if (BranchName.problem(branchName).isEmpty()) {
                coppice.workspaces()
                        .giveUp(Worktrees.in(surroundings.folder()).resolve(branchName));
            }
            return run.run(coppice, requirements, agent, atOnce);
        } catch (RuntimeException e) {
            // Whatever it is, document 001 makes a result of it, so that the other envelopes go on.
            if (Thread.interrupted()) {
                throw interrupted(e);
            }
            audit.error("run_subagent", e);
            return run.failed(
                    TaskStatus.FAILED, Optional.ofNullable(e.getMessage()).orElseGet(e::toString));
        }
    }

    private static InterruptedException interrupted(RuntimeException during) {
        InterruptedException interrupt = new InterruptedException(during.getMessage());
        interrupt.initCause(during);
        return interrupt;
    }

    /// Runs all envelopes of a plan at once, by the default agent.
    public List<TaskResult> orchestrateParallel(List<HandoffEnvelope> plan)
            throws InterruptedException {
        return orchestrateParallel(plan, List.of(), Optional.empty());
    }

    /// As above, with these Python packages in each environment.
    public List<TaskResult> orchestrateParallel(
            List<HandoffEnvelope> plan, List<String> requirements) throws InterruptedException {
        return orchestrateParallel(plan, requirements, Optional.empty());
    }

    /// Runs all envelopes of a plan at once, at most 64, each on a branch `agent-<task id>`, whatever the agent's
    /// `max_concurrent` is. One that fails disturbs no other.
    ///
    /// @return a result for each envelope, in the plan's order
    /// @throws IllegalArgumentException if two envelopes have one id
    public List<TaskResult> orchestrateParallel(
            List<HandoffEnvelope> plan, List<String> requirements, Optional<String> agent)
            throws InterruptedException {
        Set<String> ids = new HashSet<>();
        for (HandoffEnvelope envelope : plan) {
            if (!ids.add(envelope.taskId())) {
                throw new IllegalArgumentException(
                        "two envelopes have the id " + envelope.taskId());
            }
        }
        if (plan.isEmpty()) {
            return List.of();
        }
        audit.info("orchestrate_parallel", plan.size() + " envelopes");
        List<TaskResult> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<TaskResult>> running = new ArrayList<>();
            for (HandoffEnvelope envelope : plan) {
                running.add(
                        threads.submit(() ->
                                runSubagent(
                                        "agent-" + envelope.taskId(),
                                        envelope,
                                        requirements,
                                        agent,
                                        plan.size())));
            }
            try {
                for (Future<TaskResult> each : running) {
                    results.add(each.get());
                }
            } catch (ExecutionException e) {
                throw new EnvelopeException("an envelope broke the run: " + e.getCause(), e);
            } catch (InterruptedException e) {
                threads.shutdownNow();
                throw e;
            }
        }
        audit.info(
                "orchestrate_parallel",
                "success rate "
                        + PythonJson.number(aggregateResults(results).successRate())
                        + " %");
        return results;
    }

    /// Writes a summary as `orchestration_results.json` into the current folder.
    public Path writeResults(AggregatedResults results) {
        return writeResults(results, surroundings.folder().resolve(RESULTS_FILE));
    }

    /// Writes a summary as JSON, with secrets masked.
    public Path writeResults(AggregatedResults results, Path file) {
        try {
            Map<String, ?> masked = audit.maskedTexts(results.toMap());
            String json = audit.masked(PythonJson.indented(masked)) + "\n";
            Files.write(file, json.getBytes(StandardCharsets.UTF_8));
            audit.info("write_results", "wrote " + file);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("the results can't be written to " + file, e);
        }
    }

    /// The documents' example: four agents at once, each with 300 s; a summary on standard output, and both files.
    ///
    /// @param arguments the folder to work in; where there is none, the current one
    public static void main(String... arguments) throws InterruptedException {
        Surroundings here = Surroundings.ofThisProcess();
        Surroundings there = arguments.length == 0 ? here : here.in(Path.of(arguments[0]));
        try (Orchestration orchestration = open(there)) {
            orchestration.audit.info("main", "the four agents of document 001");
            AggregatedResults summary =
                    aggregateResults(orchestration.orchestrateParallel(ExamplePlan.make()));
            orchestration.writeResults(summary);
            System.out.printf(
                    "Total: %d, successful: %d, failed: %d, timeout: %d, success rate: %s %%%n",
                    summary.totalTasks(),
                    summary.successful(),
                    summary.failed(),
                    summary.timeout(),
                    PythonJson.number(summary.successRate()));
        }
    }

    // ---- what all share

    private Path absolute(Path path) {
        return surroundings.folder().resolve(path).normalize();
    }

    private OperationTimedOutException timedOut(String function, String operation, Duration after) {
        OperationTimedOutException failure = new OperationTimedOutException(operation, after);
        audit.error(function, String.valueOf(failure.getMessage()));
        return failure;
    }

    private EnvelopeException failure(String function, RuntimeException cause) {
        audit.error(function, cause);
        return cause instanceof EnvelopeException known
                ? known
                : new EnvelopeException(
                        Optional.ofNullable(cause.getMessage()).orElseGet(cause::toString), cause);
    }

    /// Ends what still runs, and closes the store.
    @Override
    public void close() {
        try (exit) {
            end();
        }
    }

    private void end() {
        repositories.close();
        processes.close();
    }
}
