package dev.coppice.bench;

import dev.coppice.lead.PlanReader;
import dev.coppice.model.CommitId;
import dev.coppice.model.JobId;
import dev.coppice.model.JobStatus;
import dev.coppice.report.JobView;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Preparation;
import dev.coppice.runtime.RunOrder;
import dev.coppice.testkit.ScratchRepository;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Runs jobs in a process of their own, whose Java has the options with which `coppice run` starts it. The process that
/// measures has others, under which what it does for long is compiled best, at the cost of what it does for a second.
///
/// It is asked for a job by a byte on its standard input, and answers with a line: how many milliseconds that took.
record JobProcess(Process process, BufferedReader answers) implements AutoCloseable {
    /// Where the launcher has the options: those for all commands, and those for commands that are no server.
    private static final Pattern OPTIONS =
            Pattern.compile("^(?:options|brief)=\"?([^\"\n]+)", Pattern.MULTILINE);

    /// @param tasks how many tasks each job has
    /// @param warm how many worktrees wait in the pool when a job begins
    static JobProcess start(Bench bench, JobScene jobs, int tasks, int warm) throws IOException {
        List<String> argv = new ArrayList<>();
        argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        Matcher options = OPTIONS.matcher(Files.readString(bench.home().resolve("coppice")));
        while (options.find()) {
            argv.addAll(List.of(options.group(1).split(" ", -1)));
        }
        argv.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        JobProcess.class.getName(),
                        jobs.scratch().path().toString(),
                        jobs.home().toString(),
                        Integer.toString(tasks),
                        Integer.toString(warm)));
        Process process =
                new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        return new JobProcess(process, process.inputReader());
    }

    /// Lets it run a job, and says how long that took.
    double millisOfAJob() throws IOException {
        OutputStream asking = process.getOutputStream();
        asking.write('\n');
        asking.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IllegalStateException("no job was run; the errors say why");
        }
        return Double.parseDouble(answer);
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        process.onExit().join();
    }

    public static void main(String[] arguments) throws Exception {
        JobScene jobs =
                new JobScene(
                        ScratchRepository.existing(Path.of(arguments[0])), Path.of(arguments[1]));
        int tasks = Integer.parseInt(arguments[2]);
        int warm = Integer.parseInt(arguments[3]);
        while (System.in.read() >= 0) {
            System.out.println(run(jobs, tasks, warm));
        }
    }

    private static double run(JobScene jobs, int tasks, int warm) throws Exception {
        String plan =
                IntStream.rangeClosed(1, tasks)
                        .mapToObj(n -> "  - description: echo %d > made-%d.txt\n".formatted(n, n))
                        .collect(Collectors.joining());
        RunOrder order =
                new RunOrder(
                        "",
                        Optional.of(PlanReader.file("plan.yaml", "goal: Little\ntasks:\n" + plan)),
                        Optional.empty());
        try (Coppice coppice = jobs.open()) {
            coppice.processes().prepare();
            Preparation.Ready ready = JobScene.ready(coppice, order);
            coppice.engine();
            if (warm > 0) {
                coppice.workspaces().warm(warm, new CommitId(jobs.scratch().head()));
                Stillness.await();
            }
            JobId[] job = new JobId[1];
            double millis =
                    Bench.millis(() -> {
                        job[0] = coppice.submit(ready);
                        coppice.await(job[0]);
                    });
            JobView view = coppice.view(job[0]).orElseThrow();
            if (view.status() != JobStatus.COMPLETED) {
                throw new IllegalStateException("the job is " + view.status() + ": " + view.why());
            }
            return millis;
        }
    }
}
