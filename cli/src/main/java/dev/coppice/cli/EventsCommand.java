package dev.coppice.cli;

import dev.coppice.report.JobView;
import dev.coppice.store.Stores;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/// `events`: the job's history as it is stored, one JSON document a line.
final class EventsCommand implements Action {
    static final String FOLLOW = "--follow";

    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec)
                .parameter("JOB", "Its id")
                .flag("-f", FOLLOW, "Go on until the job is over, or nobody drives it")
                .usual("Print one JSON document; with -f one a line, as without this");
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        try (Site site = call.site()) {
            JobView job = call.job(site);
            try (JobReader reader = new JobReader(site, call.out(), job.id())) {
                if (call.isJson() && !call.has(FOLLOW)) {
                    List<String> events = new ArrayList<>();
                    reader.read(recorded -> events.add(Stores.json(recorded)));
                    call.out().line("{\"events\":[" + String.join(",", events) + "]}");
                    return ExitCode.DONE.number();
                }
                if (call.has(FOLLOW)) {
                    site.follow(job.id(), call.out());
                    reader.follow(recorded -> call.out().line(Stores.json(recorded)));
                    reader.view().ifPresent(view -> Jobs.tellIfInterrupted(call, site, view));
                } else {
                    reader.read(recorded -> call.out().line(Stores.json(recorded)));
                }
            }
        }
        return ExitCode.DONE.number();
    }
}
