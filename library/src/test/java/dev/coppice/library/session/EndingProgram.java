package dev.coppice.library.session;

import dev.coppice.library.envelope.Orchestration;
import dev.coppice.library.orchestrator.Orchestrator;
import java.util.List;
import java.util.Map;

/// A user's program, which has an agent or a program run for a long time by one of the library's doors.
final class EndingProgram {
    private EndingProgram() {}

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "session" -> new OrchestratorSession("wait").createProcess("Wait", "waiter").run();
            case "orchestrator" -> {
                Orchestrator orchestrator = Orchestrator.builder().build();
                orchestrator.initialize("Wait");
                orchestrator.addTask("Wait");
                orchestrator.runWithPredefinedTasks();
            }
            case "envelope" -> {
                Orchestration orchestration = Orchestration.open();
                orchestration.runSubagent(
                        "waiter", Orchestration.buildEnvelope("waiter", "Wait", Map.of()));
            }
            case "command" -> Orchestration.open().runCommand(List.of("claude"));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }
}
