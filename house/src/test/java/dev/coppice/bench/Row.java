package dev.coppice.bench;

import java.util.Optional;

/// One line of the table: something that Coppice does, and what it is measured against.
interface Row {
    /// Its number among the goals, by which it can be asked for; several rows may share one.
    int number();

    /// What Coppice does.
    String what();

    /// What does the same without Coppice.
    String against();

    /// What one number of this row is, such as `ms a task`. Always a time: less is better.
    String unit();

    Goal goal();

    /// What this machine lacks to measure it, as the end of a sentence; empty: nothing.
    default Optional<String> lacking() throws InterruptedException {
        return Optional.empty();
    }

    /// Measures both sides in turns.
    Measurement measure(Bench bench) throws Exception;
}
