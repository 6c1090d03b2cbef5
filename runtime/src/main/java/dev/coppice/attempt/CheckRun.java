package dev.coppice.attempt;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.folder.JobFolder;
import dev.coppice.model.CommandLine;
import dev.coppice.model.Event;
import dev.coppice.process.Child;
import dev.coppice.process.ChildFiles;
import dev.coppice.process.Ended;
import dev.coppice.process.Launch;
import dev.coppice.process.Limits;
import dev.coppice.process.Marker;
import dev.coppice.process.Processes;
import dev.coppice.process.Tail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Runs checks in a workspace, one after the other, until one fails.
record CheckRun(
        Processes processes,
        Running running,
        Path directory,
        Map<String, String> environment,
        Marker marker) {

    private static final int OUTPUT_MAX = 8 * 1024;

    /// One check that ran.
    ///
    /// @param output the end of what it printed, errors too
    record Checked(CommandLine command, Ended ended, Duration took, String output) {
        boolean isPassed() {
            return ended.exit().isSuccess();
        }

        /// The check as a line of the job's history.
        Event.Checked event(AttemptOrder order, int round) {
            return new Event.Checked(
                    order.task().id(),
                    order.attempt(),
                    round,
                    command.toString(),
                    ended.exit().code(),
                    took,
                    output);
        }

        /// The failure, for a person or an agent who is to mend it.
        String failure() {
            return "$ " + command + "\n" + output.stripTrailing() + "\n(" + ended.exit() + ")";
        }
    }

    /// The checks that ran, of which only the last may have failed; fewer than all also where the time was up.
    ///
    /// @param folder where their output goes
    List<Checked> run(List<CommandLine> checks, Path folder, Deadline deadline)
            throws InterruptedException, IOException {
        List<Checked> ran = new ArrayList<>();
        JobFolder.make(folder);
        for (CommandLine check : checks) {
            if (deadline.isPassed()) {
                break;
            }
            Path output = folder.resolve("check_" + (ran.size() + 1) + ".log");
            Checked checked = run(check, output, deadline.limits());
            ran.add(checked);
            if (!checked.isPassed()) {
                break;
            }
        }
        return ran;
    }

    private Checked run(CommandLine check, Path output, Limits limits)
            throws InterruptedException, IOException {
        Files.deleteIfExists(output);
        ChildFiles files = new ChildFiles(Path.of("/dev/null"), output, output, Optional.empty());
        Launch launch = new Launch(check.argv(), directory, environment, files, marker, limits);
        try (Child child = running.start(processes, launch)) {
            Ended ended = child.await();
            return new Checked(check, ended, ended.wall(), Tail.of(output, OUTPUT_MAX).text());
        }
    }
}
