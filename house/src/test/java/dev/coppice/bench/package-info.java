/// Measures what Coppice adds to the agents' own time, each time beside what a person would do without it, in one run
/// and in turns, so that the machine's mood falls on both. `./coppice-bench` starts [Main]; a new row is one class behind
/// [Row] and one line in [Rows].
///
/// Nothing here is a test or is shipped, and no absolute time is judged: only ratios travel from machine to machine.
@NullMarked
package dev.coppice.bench;

import org.jspecify.annotations.NullMarked;
