package dev.coppice.cli;

import dev.coppice.model.JobId;
import dev.coppice.runtime.Coppice;
import dev.coppice.store.Chain;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// `verify`: recomputes the chain of a job's events.
final class VerifyCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec).parameter("JOB", "Its id").usual();
    }

    @Override
    public int run(Invocation call) {
        String named = call.parameter(0).orElseThrow();
        try (Coppice coppice = call.open()) {
            // Events that were tampered with may not be readable as a job any more.
            Optional<JobId> id = JobId.parse(named).filter(job -> coppice.jobs().contains(job));
            JobId job =
                    id.orElseThrow(() ->
                            CommandFailure.of(ExitCode.UNKNOWN, named, "There is no such job."));
            return switch (coppice.store().verify(job)) {
                case Chain.Verified verified -> {
                    call.out()
                            .line(
                                    call.isJson()
                                            ? Json.write(
                                                    Json.object(
                                                            "verified", true,
                                                            "events", verified.count(),
                                                            "last_hash", verified.lastHash()))
                                            : "%d events, all as they were stored; the last hash is %s"
                                                    .formatted(
                                                            verified.count(), verified.lastHash()));
                    yield ExitCode.DONE.number();
                }
                case Chain.Broken broken -> {
                    call.out()
                            .line(
                                    call.isJson()
                                            ? Json.write(
                                                    Json.object(
                                                            "verified", false,
                                                            "sequence", broken.sequence(),
                                                            "what", broken.what()))
                                            : "broken: " + broken.what());
                    yield ExitCode.FAILED.number();
                }
            };
        }
    }
}
