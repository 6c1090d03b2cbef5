/// The whole loop in virtual time: drivers, slots and several jobs on a log and workers that fail in
/// every way that a seed can think of, judged by an oracle that shares no code with the scheduler.
/// Nothing here waits, starts a thread or reads a clock; one seed tells the same story every time.
///
/// Start reading at [Simulation].
@NullMarked
package dev.coppice.testkit.simulation;

import org.jspecify.annotations.NullMarked;
