import dev.coppice.library.envelope.AgentType;
import dev.coppice.library.envelope.AggregatedResults;
import dev.coppice.library.envelope.CompletedProcess;
import dev.coppice.library.envelope.HandoffEnvelope;
import dev.coppice.library.envelope.Orchestration;
import dev.coppice.library.envelope.RetryConfig;
import dev.coppice.library.envelope.TaskResult;
import dev.coppice.library.session.AgentProcess;
import dev.coppice.library.session.Cascade;
import dev.coppice.library.session.Debate;
import dev.coppice.library.session.ExpertPanel;
import dev.coppice.library.session.NVersion;
import dev.coppice.library.session.OrchestratorSession;
import dev.coppice.library.session.Patterns;
import dev.coppice.library.session.ProcessResult;
import java.util.stream.Stream;

/// The examples of documents 001 and 002, in this folder's repository: envelopes for the agent that `coppice.yaml` names
/// (Claude Code where it names none), then sessions of Claude Code.
void main() throws Exception {
    try (Orchestration orchestration = Orchestration.open()) {
        oneAgent(orchestration);
        threeInParallel(orchestration);
        worktreeByHand(orchestration);
    }
    sessions();
    patterns();
    richerPatterns();
}

/// One envelope, on a branch of its own that is merged when the agent has completed it.
void oneAgent(Orchestration orchestration) throws InterruptedException {
    HandoffEnvelope envelope =
            Orchestration.buildEnvelope(
                            "writer",
                            "Write a short introduction to this project",
                            Map.of("file", "INTRODUCTION.md"))
                    .withAgentType(AgentType.DOCUMENTER)
                    .withTimeout(Duration.ofMinutes(5))
                    .withRetryConfig(RetryConfig.retries(1));

    TaskResult result = orchestration.runSubagent(envelope.taskId(), envelope);

    IO.println("one agent: " + result.status());
    result.errorMessage().ifPresent(IO::println);
    IO.println("merged: " + orchestration.mergeWorktree(envelope.taskId()));
}

/// Three envelopes at once; the results come in the plan's order.
void threeInParallel(Orchestration orchestration) throws InterruptedException {
    List<TaskResult> results =
            orchestration.orchestrateParallel(
                    List.of(
                            Orchestration.buildEnvelope("agent1", "Task 1", Map.of("x", 1)),
                            Orchestration.buildEnvelope("agent2", "Task 2", Map.of("x", 2)),
                            Orchestration.buildEnvelope("agent3", "Task 3", Map.of("x", 3))));

    results.forEach(result -> IO.println(result.agentName() + ": " + result.status()));
    AggregatedResults summary = Orchestration.aggregateResults(results);
    IO.println("results: " + orchestration.writeResults(summary).getFileName());
}

/// A worktree with a Python environment, without an agent.
void worktreeByHand(Orchestration orchestration) throws Exception {
    Path worktree = orchestration.createWorktree("by-hand");
    orchestration.setupVirtualenv(worktree);

    CompletedProcess python =
            orchestration.retryWithBackoff(
                    () ->
                            orchestration.runWithTimeout(
                                    () -> orchestration.runAgentInVenv(worktree, List.of("--version")),
                                    Duration.ofMinutes(1),
                                    "asking for the version"));

    IO.println("in the environment: " + python.output().strip().split(" ")[0]);
    orchestration.removeWorktree("by-hand");
}

/// One process of a session, and three in parallel.
void sessions() throws InterruptedException {
    OrchestratorSession session = new OrchestratorSession("example-usage");

    tell("one process", List.of(process(session, "Summarize the README").run()));
    tell(
            "in parallel",
            Patterns.parallel(
                    List.of(
                            process(session, "Analyze security"),
                            process(session, "Analyze performance"),
                            process(session, "Analyze maintainability")),
                    3));
}

/// The other patterns: a pipeline, another approach when the first fails, and many items in batches.
void patterns() throws InterruptedException {
    OrchestratorSession session = new OrchestratorSession("example-patterns");

    tell(
            "in sequence",
            Patterns.sequential(
                    List.of(
                            process(session, "Analyze code"),
                            process(session, "Create plan"),
                            process(session, "Implement")),
                    true,
                    true));
    tell(
            "with fallback",
            List.of(
                    Patterns.withFallback(
                            List.of(
                                    process(session, "Complex approach"),
                                    process(session, "Simple approach")))));
    List<AgentProcess> items =
            Stream.iterate(1, i -> i + 1)
                    .limit(4)
                    .map(i -> process(session, "Process item " + i))
                    .toList();
    tell("in batches", Patterns.batched(items, 2));
}

/// The patterns in which agents judge what agents brought.
void richerPatterns() throws InterruptedException {
    OrchestratorSession session =
            OrchestratorSession.named("example-reviews")
                    .timeout(Duration.ofMinutes(5))
                    .streamOutput(false)
                    .open();

    NVersion.Result versions = NVersion.of("Implement password hashing").run(session);
    tell("n-version", versions.versions());
    Debate.Result debate =
            Debate.of("Should we use PostgreSQL or Redis?").withRounds(2).run(session);
    IO.println("debate: " + debate.rounds().size() + " rounds");
    Cascade.Result cascade =
            Cascade.of(
                            "Generate API documentation",
                            Cascade.Strategy.QUALITY,
                            Cascade.Timing.PATIENT)
                    .run(session);
    IO.println("cascade: " + cascade.level().map(Cascade.Level::name).orElse("no level"));
    ExpertPanel.Result panel = ExpertPanel.of("def hash_password(pwd): ...").run(session);
    IO.println("expert panel: " + panel.decision().vote());
}

AgentProcess process(OrchestratorSession session, String prompt) {
    return session.createProcess(prompt)
            .withTimeout(Duration.ofMinutes(5))
            .withStreamOutput(false);
}

void tell(String what, List<ProcessResult> results) {
    long successes = results.stream().filter(ProcessResult::isSuccess).count();
    IO.println(what + ": " + successes + " of " + results.size() + " succeeded");
}
