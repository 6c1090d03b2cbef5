package dev.coppice.cli;

import dev.coppice.folder.JobFolder;
import dev.coppice.model.JobId;
import dev.coppice.report.JobView;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Preparation;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A job that goes on in a process of its own, in a session of its own, with its streams in the job's logs.
final class Detached {
    private Detached() {}

    static int start(Invocation call, Coppice coppice, Preparation.Ready ready) {
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
        drive(launcher, coppice.folder(job), job);
        call.out()
                .line(
                        call.isJson()
                                ? Json.write(
                                        Json.object("job_id", id, "status", job.status().wire()))
                                : id.value());
        return ExitCode.DONE.number();
    }

    private static void drive(Path launcher, JobFolder folder, JobView job) {
        try {
            JobFolder.make(folder.logs());
            Path log = folder.logs().resolve("console.log");
            new ProcessBuilder(List.of("setsid", launcher.toString(), "drive", job.id().value()))
                    .directory(Path.of(job.request().repository()).toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(log.toFile())
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw CommandFailure.of(
                    ExitCode.UNUSABLE,
                    "--detach",
                    Optional.ofNullable(e.getMessage()).orElse("can't start")
                            + "; go on with: coppice resume "
                            + job.id());
        }
    }
}
