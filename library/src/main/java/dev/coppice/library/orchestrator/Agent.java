package dev.coppice.library.orchestrator;

import java.util.Optional;

/// Somebody who works on the tasks: a worker of ours (`worker_2` does the second task), the leader, or one outside, under
/// the name by which it claims.
///
/// @param role `worker` or `leader`
/// @param isActive whether it works on a task now
public record Agent(String id, String role, boolean isActive, Optional<String> currentTask) {
    static final String WORKER = "worker";
    static final String LEADER = "leader";
}
