/// The nouns: job, plan, task, attempt, outcome, event. Records and sealed types that are right
/// once they exist; nothing here reads a clock, a disk or a process, and nothing here decides.
@NullMarked
package dev.coppice.model;

import org.jspecify.annotations.NullMarked;
