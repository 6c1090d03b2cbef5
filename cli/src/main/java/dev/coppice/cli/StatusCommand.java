package dev.coppice.cli;

import dev.coppice.client.JobSummary;
import dev.coppice.client.Wire;
import dev.coppice.report.Figures;
import dev.coppice.report.JobView;
import dev.coppice.report.Plain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/// `status`: one job, or all.
final class StatusCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec).optional("JOB", "Its id; without one all jobs are listed").usual();
    }

    @Override
    public int run(Invocation call) {
        try (Site site = call.site()) {
            if (call.parameter(0).isPresent()) {
                JobView job = call.job(site);
                call.out()
                        .print(
                                call.isJson()
                                        ? Jobs.json(call, site, job) + "\n"
                                        : Jobs.text(call, site, job, call.screen()));
            } else {
                list(call, site);
            }
        }
        return ExitCode.DONE.number();
    }

    private static void list(Invocation call, Site site) {
        List<JobSummary> jobs = site.jobs();
        if (call.isJson()) {
            call.out().line(Wire.write(Map.of("jobs", jobs)));
            return;
        }
        if (jobs.isEmpty()) {
            call.out().line("There are no jobs yet. Start one with: coppice run \"…\"");
        }
        List<Entry> entries = entries(jobs);
        int idColumns = entries.stream().mapToInt(entry -> entry.name().length()).max().orElse(0);
        int columns = call.screen().columns();
        entries.forEach(entry -> call.out().line(Plain.fit(line(call, entry, idColumns), columns)));
    }

    /// A line of the list.
    private record Entry(int depth, JobSummary job) {
        private String name() {
            return depth == 0 ? job.jobId() : "  ".repeat(depth - 1) + "└ " + job.jobId();
        }
    }

    /// The root jobs as they stand in the list, and below each the jobs that came of it, the oldest first.
    private static List<Entry> entries(List<JobSummary> jobs) {
        Set<String> known = jobs.stream().map(JobSummary::jobId).collect(Collectors.toSet());
        Map<String, List<JobSummary>> children =
                jobs.reversed().stream()
                        .filter(job -> job.parentJobId().isPresent())
                        .collect(Collectors.groupingBy(job -> job.parentJobId().orElseThrow()));
        List<Entry> entries = new ArrayList<>();
        jobs.stream()
                .filter(job -> job.parentJobId().filter(known::contains).isEmpty())
                .forEach(job -> add(0, job, children, entries));
        return entries;
    }

    private static void add(
            int depth,
            JobSummary job,
            Map<String, List<JobSummary>> children,
            List<Entry> entries) {
        entries.add(new Entry(depth, job));
        children.getOrDefault(job.jobId(), List.of())
                .forEach(child -> add(depth + 1, child, children, entries));
    }

    private static String line(Invocation call, Entry entry, int idColumns) {
        JobSummary job = entry.job();
        return "%s  %-11s  %s  %d/%d  %s%s"
                .formatted(
                        entry.name() + " ".repeat(idColumns - entry.name().length()),
                        job.interrupted() ? "interrupted" : job.status(),
                        Figures.moment(job.submittedAt(), call.zone()),
                        job.completed(),
                        job.tasks(),
                        job.parentTask().map(task -> task + ": ").orElse(""),
                        Plain.firstLine(job.request()));
    }
}
