package dev.coppice.server.mcp;

import dev.coppice.model.JobId;
import dev.coppice.server.access.Caller;
import dev.coppice.server.access.Scope;
import dev.coppice.server.jobs.Fault;
import dev.coppice.server.jobs.Rights;
import java.util.function.Consumer;

/// What a tool does, and for whom. What models are told of it stands in `tools.json`.
record Tool(Needs needs, Handler handler) {
    /// Who may use it.
    enum Needs {
        /// Who may read, and workers, for what is theirs. It changes nothing.
        LOOKING,
        /// Who may submit, and workers, for what is theirs.
        CHANGING,
        /// The same, but so often that not each time is worth noting.
        BEATING,
        /// Who may submit; a worker has its task already.
        CLAIMING,
        /// Workers alone.
        WORKING;

        /// Whether each call is to be told of later.
        boolean isNoted() {
            return this != LOOKING && this != BEATING;
        }

        /// @throws Fault where this is not for the caller
        void require(Caller caller) {
            switch (caller) {
                case Caller.AtWork _ -> {
                    if (this == CLAIMING) {
                        throw Fault.of(
                                Fault.Kind.FORBIDDEN,
                                "You are a worker and have your task: report_result tells what came of it.");
                    }
                }
                case Caller.KeyHolder holder -> {
                    if (this == WORKING) {
                        throw Fault.of(
                                Fault.Kind.FORBIDDEN,
                                "This is for workers that Coppice started. End a task that you claimed with complete_task"
                                        + " or fail_task.");
                    }
                    Rights.require(this == LOOKING ? Scope.READ : Scope.SUBMIT, holder);
                }
            }
        }
    }

    /// Does it.
    @FunctionalInterface
    interface Handler {
        /// Does it for this caller.
        ///
        /// @param arguments a JSON object
        /// @param about is told the job
        /// @return a JSON object
        /// @throws Fault where it can't be done
        String call(Caller caller, String arguments, Consumer<JobId> about)
                throws InterruptedException;
    }
}
