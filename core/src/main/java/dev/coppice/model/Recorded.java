package dev.coppice.model;

import java.time.Instant;

/// An event in its place in a job's history.
///
/// @param sequence 1 for the job's first event, without gaps
public record Recorded(JobId job, long sequence, Instant at, Event event) {}
