package dev.coppice.library.orchestrator;

/// The agent has neither claimed a task nor been registered.
public final class AgentNotFoundException extends OrchestrationException {
    private static final long serialVersionUID = 1;

    private final String agentId;

    AgentNotFoundException(String agentId) {
        super("There is no agent " + agentId + ". An agent is known once it claims a task.");
        this.agentId = agentId;
    }

    /// The id that nobody has.
    public String agentId() {
        return agentId;
    }
}
