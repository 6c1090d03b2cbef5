/// What state a job is in, and what is to be done next: [JobState#apply] folds events, [Scheduler]
/// decides. Total and deterministic; it reads no clock, draws no chance and starts no thread.
@NullMarked
package dev.coppice.schedule;

import org.jspecify.annotations.NullMarked;
