package dev.coppice.model;

/// An agent at work: the running attempt at a task.
///
/// @param depth of the job, 0 for a root job
public record Worker(JobId job, TaskId task, int attempt, int depth) {}
