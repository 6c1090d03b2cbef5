package dev.coppice.model;

/// An agent at work: the running attempt at a task. How deep it is, its job tells.
public record Worker(JobId job, TaskId task, int attempt) {}
