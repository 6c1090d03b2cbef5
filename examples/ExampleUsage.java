import dev.coppice.library.envelope.AgentType;
import dev.coppice.library.envelope.AggregatedResults;
import dev.coppice.library.envelope.CompletedProcess;
import dev.coppice.library.envelope.HandoffEnvelope;
import dev.coppice.library.envelope.Orchestration;
import dev.coppice.library.envelope.RetryConfig;
import dev.coppice.library.envelope.TaskResult;

/// The examples of documents 001 and 002, in this folder's repository, by the agent that `coppice.yaml` names (Claude Code
/// where it names none).
void main() throws Exception {
    try (Orchestration orchestration = Orchestration.open()) {
        oneAgent(orchestration);
        threeInParallel(orchestration);
        worktreeByHand(orchestration);
    }
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
