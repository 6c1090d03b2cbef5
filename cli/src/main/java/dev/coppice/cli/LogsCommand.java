package dev.coppice.cli;

import dev.coppice.folder.Story;
import dev.coppice.model.Recorded;
import dev.coppice.report.JobView;
import dev.coppice.report.TaskView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;

/// `logs`: the job's story, or what a task's agent printed in its last attempt.
final class LogsCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec)
                .parameter("JOB", "Its id")
                .optional("TASK", "Its id, or its worker's name; without one the job's own log")
                .flag(
                        "-f",
                        EventsCommand.FOLLOW,
                        "Go on until the job is over, or nobody drives it")
                .usual("Print one JSON document; with -f one a line");
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        boolean follows = call.has(EventsCommand.FOLLOW);
        try (Site site = call.site()) {
            JobView job = call.job(site);
            Optional<TaskView> task = call.task(job);
            if (follows) {
                site.follow(job.id(), call.out());
            }
            try (JobReader reader = new JobReader(site, call.out(), job.id())) {
                if (task.isPresent()) {
                    new AgentLog(call, site, reader, job, task.get()).show();
                } else {
                    story(call, site, reader);
                }
                if (follows) {
                    reader.view().ifPresent(view -> Jobs.tellIfInterrupted(call, site, view));
                }
            }
        }
        return ExitCode.DONE.number();
    }

    private static void story(Invocation call, Site site, JobReader reader)
            throws InterruptedException {
        Story story = new Story(site.secrets(), call.zone());
        Function<Recorded, String> form = call.isJson() ? story::json : story::text;
        if (call.has(EventsCommand.FOLLOW)) {
            reader.follow(recorded -> {
                story.take(recorded);
                call.out().line(form.apply(recorded));
            });
            return;
        }
        List<String> lines = new ArrayList<>();
        reader.read(recorded -> {
            story.take(recorded);
            lines.add(form.apply(recorded));
        });
        if (call.isJson()) {
            call.out().line("{\"log\":[" + String.join(",", lines) + "]}");
        } else {
            lines.forEach(call.out()::line);
        }
    }
}
