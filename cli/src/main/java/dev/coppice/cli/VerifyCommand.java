package dev.coppice.cli;

import dev.coppice.model.JobId;
import dev.coppice.report.Figures;
import dev.coppice.report.Plain;
import dev.coppice.runtime.Audit;
import dev.coppice.runtime.Coppice;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// `verify`: recomputes the chain of a job's events, and compares what they tell with git.
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
            Audit.Verdict verdict = coppice.verify(job);
            call.out().line(call.isJson() ? Json.write(json(verdict)) : text(verdict));
            return code(verdict).number();
        }
    }

    private static ExitCode code(Audit.Verdict verdict) {
        return switch (verdict) {
            case Audit.Verdict.Sound _ -> ExitCode.DONE;
            case Audit.Verdict.Broken _ -> ExitCode.FAILED;
        };
    }

    private static String text(Audit.Verdict verdict) {
        return switch (verdict) {
            case Audit.Verdict.Sound sound ->
                    "%s, all as they were stored; %s with %s, all as the events tell.\nThe last event's hash is %s."
                            .formatted(
                                    Figures.number(sound.events(), "event"),
                                    Figures.number(sound.commits(), "commit"),
                                    Figures.number(sound.files(), "changed file"),
                                    sound.lastHash());
            case Audit.Verdict.Broken broken ->
                    "broken at event %d: %s"
                            .formatted(broken.sequence(), Plain.line(broken.what()));
        };
    }

    private static Object json(Audit.Verdict verdict) {
        return switch (verdict) {
            case Audit.Verdict.Sound sound ->
                    Json.object(
                            "verified", true,
                            "events", sound.events(),
                            "last_hash", sound.lastHash(),
                            "commits", sound.commits(),
                            "files", sound.files());
            case Audit.Verdict.Broken broken ->
                    Json.object(
                            "verified", false,
                            "sequence", broken.sequence(),
                            "what", broken.what());
        };
    }
}
