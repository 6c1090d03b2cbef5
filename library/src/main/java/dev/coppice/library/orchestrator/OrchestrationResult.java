package dev.coppice.library.orchestrator;

/// What a run came to (document 003).
///
/// @param tasksFailed those that failed themselves; tasks that were blocked by them are neither done nor failed
/// @param discoveries how many there are
/// @param summary by the leader; put together from the results where there is no leader, or it fails
public record OrchestrationResult(
        String goal, int tasksCompleted, int tasksFailed, int discoveries, String summary) {}
