package dev.coppice.cli;

import dev.coppice.folder.JobFolder;
import dev.coppice.report.JobView;
import dev.coppice.report.Plain;
import dev.coppice.report.TaskView;
import dev.coppice.runtime.Coppice;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// `logs`: the job's story, or what a task's agent printed in its last attempt.
final class LogsCommand implements Action {
    private static final long LOOK_MILLIS = 500;

    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec)
                .parameter("JOB", "Its id")
                .optional("TASK", "Its id, or its worker's name; without one the job's own log")
                .flag("-f", EventsCommand.FOLLOW, "Go on until the job is over")
                .usual();
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        try (Coppice coppice = call.open()) {
            JobView job = call.job(coppice);
            Optional<TaskView> task = call.task(job);
            Path file = file(coppice.folder(job), task, call.isJson());
            long shown = show(call, coppice, file, 0);
            boolean follows = call.has(EventsCommand.FOLLOW);
            try (JobReader reader = new JobReader(coppice.log(), job.id())) {
                reader.read(_ -> {});
                while (follows && reader.view().filter(v -> !v.status().isOver()).isPresent()) {
                    reader.await(LOOK_MILLIS);
                    reader.read(_ -> {});
                    shown = show(call, coppice, file, shown);
                }
            }
        }
        return ExitCode.DONE.number();
    }

    private static Path file(JobFolder folder, Optional<TaskView> task, boolean isJson) {
        if (task.isEmpty()) {
            return isJson ? folder.structuredLog() : folder.orchestratorLog();
        }
        TaskView of = task.get();
        return of.lastAttempt()
                .map(last -> folder.task(of.worker(), of.id()).attempt(last.number()).output())
                .orElseThrow(() ->
                        CommandFailure.of(
                                ExitCode.UNKNOWN, of.id().value(), "It was not attempted yet."));
    }

    /// Shows what the file has behind `from`; returns where it ends.
    private static long show(Invocation call, Coppice coppice, Path file, long from) {
        if (!Files.exists(file)) {
            return from;
        }
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(from);
            byte[] more = in.readAllBytes();
            String text = new String(more, StandardCharsets.UTF_8);
            call.out().print(Plain.lines(coppice.secrets().mask(text)));
            return from + more.length;
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.UNUSABLE,
                    List.of(
                            new dev.coppice.plan.Problem(
                                    file.toString(), "The log can't be read: " + e)));
        }
    }
}
