package dev.coppice.cli;

import dev.coppice.folder.JobFolder;
import dev.coppice.report.FinalResult;
import dev.coppice.report.JobView;
import dev.coppice.report.Plain;
import dev.coppice.runtime.Coppice;
import java.nio.file.Files;
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
        try (Coppice coppice = call.open()) {
            JobView job = call.job(coppice);
            JobFolder folder = coppice.folder(job);
            if (call.isJson()) {
                call.out().line(Jobs.results(call, coppice, job));
            } else if (call.has("--html")) {
                if (Files.exists(folder.htmlReport())) {
                    call.out().line(folder.htmlReport().toString());
                } else {
                    call.out().say("there is no page yet; it is written when the job is over");
                }
            } else {
                String text =
                        FinalResult.render(
                                job, job.descendants(coppice::view), call.now(), call.zone());
                call.out().print(Plain.lines(coppice.secrets().mask(text)));
            }
        }
        return ExitCode.DONE.number();
    }
}
