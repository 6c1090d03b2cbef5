package dev.coppice.cli;

import dev.coppice.report.FinalResult;
import dev.coppice.report.JobView;
import dev.coppice.report.Plain;
import picocli.CommandLine.Model.CommandSpec;

/// `report`: what FINAL_RESULT.md says; the page is for a browser.
final class ReportCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec)
                .parameter("JOB", "Its id")
                .flag("--html", "Print where the page for a browser is")
                .usual();
    }

    @Override
    public int run(Invocation call) {
        try (Site site = call.site()) {
            JobView job = call.job(site);
            if (call.isJson()) {
                call.out().line(site.resultsJson(job, call.now()));
            } else if (call.has("--html")) {
                site.page(job)
                        .ifPresentOrElse(call.out()::line, () -> call.out().say(whyNoPage(job)));
            } else {
                String text =
                        FinalResult.render(
                                job, job.descendants(site::view), call.now(), call.zone());
                call.out().print(Plain.lines(site.secrets().mask(text)));
            }
        }
        return ExitCode.DONE.number();
    }

    private static String whyNoPage(JobView job) {
        return job.status().isOver()
                ? "there is no page any more: it was removed, perhaps with the job's folder; `coppice report "
                        + job.id()
                        + "` says what the job came to"
                : "there is no page yet; it is written when the job is over";
    }
}
