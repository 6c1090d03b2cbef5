package dev.coppice.client;

/// What the server answers to what an agent tells of a task, when it has taken it.
///
/// @param jobId the task's job
/// @param taskId the task
/// @param accepted true
public record Acceptance(String jobId, String taskId, boolean accepted) {}
