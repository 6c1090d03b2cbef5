import dev.coppice.library.envelope.AggregatedResults;
import dev.coppice.library.envelope.HandoffEnvelope;
import dev.coppice.library.envelope.Orchestration;
import dev.coppice.library.envelope.RetryConfig;
import dev.coppice.library.envelope.TaskResult;
import dev.coppice.library.envelope.TaskStatus;
import dev.coppice.runtime.Surroundings;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/// Calls each of the twelve functions of documents 000 and 001, in a repository of its own with a line of shell for an
/// agent, so that it needs no account. Prints `✓` or `✗` and the function's name; ends with 1 when one fails.
static final String AGENT =
        """
        agents:
          default: shell
          shell:
            command: [sh, -c, 'echo "{\\"status\\": \\"completed\\", \\"results\\": {\\"answer\\": 42}}" > task_result.json']
        """;

static final HandoffEnvelope ENVELOPE =
        Orchestration.buildEnvelope("verifier", "Answer the question", Map.of("data", "value"));

int failures;

void main() throws Exception {
    Path folder = Files.createTempDirectory("coppice-verify-").toRealPath();
    Files.writeString(folder.resolve("coppice.yaml"), AGENT);
    try (Orchestration orchestration =
            Orchestration.open(
                    Surroundings.ofThisProcess().in(folder),
                    folder.resolve(Orchestration.AUDIT_FILE),
                    new PrintStream(OutputStream.nullOutputStream()))) {
        verifyWorktrees(orchestration, folder);
        verifyAgents(orchestration);
        verifyWaiting(orchestration);
    }
    verify(
            "main",
            () -> {
                Orchestration.main(folder.toString());
                return Files.readString(folder.resolve(Orchestration.RESULTS_FILE))
                        .contains("\"successful\": 4");
            });
    IO.println(failures == 0 ? "All 12 functions work." : failures + " of 12 functions fail.");
    System.exit(failures == 0 ? 0 : 1);
}

void verifyWorktrees(Orchestration orchestration, Path folder) {
    Path worktree = folder.resolve(".coppice/worktrees/by-hand");
    verify(
            "create_worktree",
            () -> orchestration.createWorktree("by-hand").equals(worktree) && Files.exists(worktree));
    verify(
            "setup_virtualenv",
            () -> Files.isExecutable(orchestration.setupVirtualenv(worktree).resolve("bin/python")));
    verify(
            "run_agent_in_venv",
            () -> orchestration.runAgentInVenv(worktree, List.of("-c", "print(6 * 7)"))
                    .output()
                    .equals("42\n"));
    verify("merge_worktree", () -> orchestration.mergeWorktree("by-hand"));
    verify(
            "remove_worktree",
            () -> {
                orchestration.removeWorktree("by-hand");
                return !Files.exists(worktree);
            });
}

void verifyAgents(Orchestration orchestration) {
    verify("build_envelope", () -> HandoffEnvelope.fromJson(ENVELOPE.toJson()).equals(ENVELOPE));
    verify(
            "run_subagent",
            () -> {
                TaskResult result = orchestration.runSubagent("one-agent", ENVELOPE);
                return result.status() == TaskStatus.COMPLETED
                        && result.outputs().equals(Map.of("answer", 42L));
            });
    List<TaskResult> results = new ArrayList<>();
    verify(
            "orchestrate_parallel",
            () -> {
                results.addAll(
                        orchestration.orchestrateParallel(
                                List.of(
                                        Orchestration.buildEnvelope("one", "Task 1", Map.of()),
                                        Orchestration.buildEnvelope("two", "Task 2", Map.of()))));
                return results.size() == 2;
            });
    verify(
            "aggregate_results",
            () -> {
                AggregatedResults summary = Orchestration.aggregateResults(results);
                return summary.successful() == 2 && summary.successRate() == 100;
            });
}

void verifyWaiting(Orchestration orchestration) {
    AtomicInteger calls = new AtomicInteger();
    verify(
            "retry_with_backoff",
            () ->
                    orchestration.retryWithBackoff(
                            () -> {
                                if (calls.incrementAndGet() < 3) {
                                    throw new IOException("not yet");
                                }
                                return true;
                            },
                            RetryConfig.retries(3).withBaseDelay(Duration.ofMillis(1)),
                            "third call"));
    verify(
            "run_with_timeout",
            () -> orchestration.runWithTimeout(() -> true, Duration.ofMinutes(1), "quick"));
}

/// A failure of any kind is what this is to find.
void verify(String function, Callable<Boolean> call) {
    try {
        if (call.call()) {
            IO.println("✓ " + function);
            return;
        }
        IO.println("✗ " + function);
    } catch (Exception e) {
        IO.println("✗ " + function + ": " + e);
    }
    failures++;
}
