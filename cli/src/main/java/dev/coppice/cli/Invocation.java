package dev.coppice.cli;

import dev.coppice.config.Sources;
import dev.coppice.model.JobId;
import dev.coppice.model.TaskId;
import dev.coppice.report.JobView;
import dev.coppice.report.TaskView;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Opening;
import dev.coppice.runtime.Surroundings;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// One call of the program: what was asked for, where, and where the answer goes.
record Invocation(ParseResult arguments, Surroundings world, Output out, boolean isOnTerminal) {
    boolean has(String flag) {
        return arguments.hasMatchedOption(flag);
    }

    boolean isJson() {
        return has(Options.JSON);
    }

    Optional<String> value(String option) {
        return Optional.ofNullable(arguments.matchedOptionValue(option, null));
    }

    /// The values of an option that may be given several times, in order.
    List<String> values(String option) {
        return arguments.matchedOptionValue(option, List.of());
    }

    /// @param index from 0
    Optional<String> parameter(int index) {
        return Optional.ofNullable(arguments.matchedPositionalValue(index, null));
    }

    Instant now() {
        return world.clock().instant();
    }

    ZoneId zone() {
        return ZoneId.systemDefault();
    }

    Screen screen() {
        return Screen.of(isOnTerminal, world.environment());
    }

    /// The absolute path of a file that the user names.
    Path file(String named) {
        return world.folder().resolve(named);
    }

    /// The text of a file that the user names.
    String read(String named) {
        try {
            return Files.readString(file(named));
        } catch (NoSuchFileException _) {
            throw CommandFailure.of(ExitCode.INVALID, named, "There is no such file.");
        } catch (CharacterCodingException _) {
            throw CommandFailure.of(ExitCode.INVALID, named, "The file is not text in UTF-8.");
        } catch (IOException e) {
            throw CommandFailure.of(ExitCode.INVALID, named, "The file can't be read: " + e);
        }
    }

    /// Coppice where the user stands, with the configuration that files, environment and flags give. The
    /// caller closes it.
    Coppice open() {
        return open(world);
    }

    Coppice open(Surroundings where) {
        return open(where, flags());
    }

    /// The same as if `--isolation none` had been asked for, with which no repository is needed.
    Coppice openWithoutWorktrees() {
        SequencedMap<String, String> flags = flags();
        flags.put("--isolation", "none");
        return open(world, flags);
    }

    /// What flags give of the configuration.
    private SequencedMap<String, String> flags() {
        SequencedMap<String, String> flags = new LinkedHashMap<>();
        for (OptionSpec option : arguments.matchedOptions()) {
            String name = option.longestName();
            if (Sources.FLAGS.containsKey(name) || name.equals(Sources.MODEL_FLAG)) {
                flags.put(name, String.valueOf(option.<Object>getValue()));
            }
        }
        return flags;
    }

    private Coppice open(Surroundings where, SequencedMap<String, String> flags) {
        return switch (Coppice.open(where, value(Options.CONFIG).map(this::file), flags)) {
            case Opening.Opened(Coppice coppice) -> coppice;
            case Opening.Refused refused -> throw CommandFailure.of(refused.refusal());
        };
    }

    /// Where the jobs are: at the server that the environment names, else where the user stands. The caller closes it.
    Site site() {
        Optional<DistantServer> server = DistantServer.of(world);
        return server.isPresent() ? server.get() : new ThisRepository(open());
    }

    /// The server that the environment names. The caller closes it.
    DistantServer server() {
        return DistantServer.of(world).orElseThrow();
    }

    /// The job that the first parameter names.
    JobView job(Coppice coppice) {
        return job(coppice, parameter(0).orElse(""));
    }

    /// The same, wherever it is.
    JobView job(Site site) {
        return job(site::view, parameter(0).orElse(""));
    }

    /// The job that the user names so.
    JobView job(Coppice coppice, String named) {
        return job(coppice::view, named);
    }

    private static JobView job(Function<JobId, Optional<JobView>> jobs, String named) {
        return JobId.parse(named)
                .flatMap(jobs)
                .orElseThrow(() ->
                        CommandFailure.of(
                                ExitCode.UNKNOWN,
                                named,
                                "There is no such job. `coppice status` lists them."));
    }

    /// The task of `job` that the second parameter names, by its id or its worker's name, if one is named.
    Optional<TaskView> task(JobView job) {
        return parameter(1).map(named -> task(job, named));
    }

    /// The task of `job` that the user names so.
    TaskView task(JobView job, String named) {
        return job.all()
                .filter(task -> task.id().value().equals(named) || task.workerId().equals(named))
                .findFirst()
                .orElseThrow(() ->
                        CommandFailure.of(
                                ExitCode.UNKNOWN,
                                named,
                                "There is no such task in job %s. It has: %s."
                                        .formatted(
                                                job.id(),
                                                String.join(
                                                        ", ",
                                                        job.tasks().stream()
                                                                .map(TaskView::id)
                                                                .map(TaskId::value)
                                                                .toList()))));
    }
}
