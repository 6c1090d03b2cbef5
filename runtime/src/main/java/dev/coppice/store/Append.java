package dev.coppice.store;

import dev.coppice.model.JobId;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Rows that wait to be stored as the next ones of a job, all or none.
///
/// @param expected the sequence of the first
/// @param at as it will be stored, for each
/// @param jsons one for each row
/// @param answer whether they were stored, once that is on the disk
record Append(
        JobId job,
        long expected,
        String at,
        List<String> jsons,
        CompletableFuture<Boolean> answer) {}
