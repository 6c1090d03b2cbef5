package dev.coppice.server.access;

import dev.coppice.model.Worker;

/// Who calls, once the secret was found to be right.
public sealed interface Caller {
    /// The name for logs, limits and reports.
    String name();

    /// Who has a key.
    ///
    /// @param name the key's
    record KeyHolder(String name, Scope scope) implements Caller {}

    /// An agent at work, known by the token that it was given.
    record AtWork(Worker worker) implements Caller {
        @Override
        public String name() {
            return "task " + worker.task() + " of job " + worker.job();
        }
    }
}
