package dev.coppice.cli;

import dev.coppice.folder.JobFolder;
import dev.coppice.model.JobId;
import dev.coppice.report.JobView;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Preparation;
import dev.coppice.runtime.Surroundings;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A job that goes on in a process of its own, in a session of its own, with its streams in the job's logs.
final class Detached {
    /// Runs a program in a session of its own.
    private static final String SESSION = "setsid";

    private static final long LOOK_MILLIS = 50;

    private Detached() {}

    static int start(Invocation call, Coppice coppice, Preparation.Ready ready)
            throws InterruptedException {
        Path launcher =
                call.world()
                        .launcher()
                        .orElseThrow(() ->
                                CommandFailure.of(
                                        ExitCode.UNUSABLE,
                                        "--detach",
                                        "Start Coppice by its launcher, ./coppice."));
        JobId id = coppice.leave(ready);
        JobView job = coppice.view(id).orElseThrow();
        Path log = coppice.folder(job).logs().resolve("console.log");
        Process driving;
        try {
            driving = drive(call, launcher, id, log);
        } catch (IOException e) {
            throw failure(id, Optional.ofNullable(e.getMessage()).orElse("It can't be started."));
        }
        awaitDriven(call, coppice, id, driving, log);
        call.out()
                .line(
                        call.isJson()
                                ? Json.write(
                                        Json.object("job_id", id, "status", job.status().wire()))
                                : id.value());
        return ExitCode.DONE.number();
    }

    /// In the caller's folder and with the caller's file, so that it is configured as this process is.
    private static Process drive(Invocation call, Path launcher, JobId job, Path log)
            throws IOException {
        JobFolder.make(Objects.requireNonNull(log.getParent()));
        List<String> line = new ArrayList<>();
        if (isThere(SESSION, call.world())) {
            line.add(SESSION);
        }
        line.addAll(List.of(launcher.toString(), "drive", job.value()));
        call.value(Options.CONFIG).ifPresent(file -> line.addAll(List.of(Options.CONFIG, file)));
        return new ProcessBuilder(line)
                .directory(call.world().folder().toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /// Not on every system. Without it the process stays in the session of the terminal, whose end may reach it.
    private static boolean isThere(String program, Surroundings world) {
        return Stream.of(world.environment().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /// Returns when a process drives the job, so that whoever looks at it now does not find it interrupted.
    private static void awaitDriven(
            Invocation call, Coppice coppice, JobId id, Process driving, Path log)
            throws InterruptedException {
        try (JobReader reader = new JobReader(new ThisRepository(coppice), call.out(), id)) {
            boolean hasEnded = false;
            while (!reader.goesOn()) {
                if (hasEnded) {
                    if (reader.view().filter(job -> job.status().isOver()).isEmpty()) {
                        throw failure(id, "It ended at once; what it said is in " + log);
                    }
                    return;
                }
                hasEnded = driving.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                reader.read(_ -> {});
            }
        }
    }

    private static CommandFailure failure(JobId job, String why) {
        return CommandFailure.of(
                ExitCode.UNUSABLE, "--detach", why + "; go on with: coppice resume " + job);
    }
}
