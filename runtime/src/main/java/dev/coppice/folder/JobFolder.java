package dev.coppice.folder;

import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.TaskId;
import dev.coppice.model.WorkerNumbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/// Where a job's files are. Paths only: nothing is made or looked at, but by [#make] and [#find].
///
/// ```
/// job_<id>/
///   FINAL_RESULT.md  results.json  job.json
///   depth_0/  metadata.json  plan.json  LEVEL_0_REPORT.md
///     worker_1/  task_envelope.json  task_result.json  worktree/  home/
///       attempt_1/  command.log  prompt.md  output.log  error.log  exit_code
///     plan/  integrate_1/  resolve_1/      the engine's own tasks
///     worker_2/  …  child_job.json         a worker that started a job
///     worker_2_recursive -> worker_2
///   depth_1/  LEVEL_1_REPORT.md
///     worker_2_1/  worker_2_2/             the workers of that job, as worker_1 above
///     worker_2_job_1/  FINAL_RESULT.md …   what a root job has at its top, and metadata.json  plan.json
///   logs/     orchestrator.log  orchestrator.jsonl  depth_0_worker_1.log
///   reports/  timeline.json  analytics.json  report.html
/// ```
/// Every path is absolute and lies below [#root]: the names that enter it are job ids, task ids and
/// numbers, whose forms hold neither separators nor dots alone.
///
/// @param root the job's folder
/// @param tree the folder of the root job of its family, in which all their workers' folders and logs are
/// @param depth 0 for a root job
/// @param numbers what its workers are called
public record JobFolder(Path root, Path tree, int depth, WorkerNumbers numbers) {
    private static final FileAttribute<?> OWNER_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    public JobFolder {
        root = root.toAbsolutePath().normalize();
        tree = tree.toAbsolutePath().normalize();
    }

    /// The folder of a root job below `workspaceRoot`.
    public static JobFolder of(Path workspaceRoot, JobId job) {
        Path root = workspaceRoot.resolve(job.folder());
        return new JobFolder(root, root, 0, WorkerNumbers.ROOT);
    }

    /// The folder of a job of this request: below the root that it was submitted with.
    public static JobFolder of(JobRequest request, JobId job) {
        JobFolder top =
                of(
                        Path.of(request.repository())
                                .resolve(request.settings().layout().workspaceRoot()),
                        request.root(job));
        return request.depth() == 0 ? top : top.child(request.depth(), request.numbers());
    }

    private JobFolder child(int deep, WorkerNumbers called) {
        return new JobFolder(level(tree, deep).resolve(called.job()), tree, deep, called);
    }

    private boolean isRoot() {
        return root.equals(tree);
    }

    /// Makes a folder of a job's, and those on the way to it, unless they are there: closed to other users of the
    /// machine, since prompts and output are nobody else's business.
    public static Path make(Path folder) throws IOException {
        return Files.createDirectories(folder, OWNER_ALONE);
    }

    public Path finalResult() {
        return root.resolve("FINAL_RESULT.md");
    }

    public Path results() {
        return root.resolve("results.json");
    }

    public Path job() {
        return root.resolve("job.json");
    }

    /// The folder of the job's own level, in which its workers' folders are.
    public Path level() {
        return level(tree, depth);
    }

    private static Path level(Path tree, int depth) {
        return tree.resolve("depth_" + depth);
    }

    public Path metadata() {
        return (isRoot() ? level() : root).resolve("metadata.json");
    }

    public Path plan() {
        return (isRoot() ? level() : root).resolve("plan.json");
    }

    /// The report on one level of the family.
    public Path levelReport(int deep) {
        return level(tree, deep).resolve("LEVEL_" + deep + "_REPORT.md");
    }

    /// The folder of a task.
    ///
    /// @param worker the task's number in plan order; of no matter for the engine's own tasks
    public TaskFolder task(int worker, TaskId task) {
        return new TaskFolder(level().resolve(numbers.name(worker, task)));
    }

    public Path logs() {
        return tree.resolve("logs");
    }

    /// The job's story for people, one line an event.
    public Path orchestratorLog() {
        return logs().resolve(logName() + ".log");
    }

    /// The job's story for programs, one JSON document a line.
    public Path structuredLog() {
        return logs().resolve(logName() + ".jsonl");
    }

    private String logName() {
        return isRoot() ? "orchestrator" : numbers.job();
    }

    /// The story of one task for people.
    public Path workerLog(int worker, TaskId task) {
        return logs().resolve("depth_" + depth + "_" + numbers.name(worker, task) + ".log");
    }

    public Path reports() {
        return root.resolve("reports");
    }

    public Path timeline() {
        return reports().resolve("timeline.json");
    }

    public Path analytics() {
        return reports().resolve("analytics.json");
    }

    public Path htmlReport() {
        return reports().resolve("report.html");
    }

    /// The existing file that somebody outside names by its path from [#root]. Empty where there is
    /// none, where the name leads out of the folder, also by a link, and where it has control
    /// characters.
    public Optional<Path> find(String relative) {
        if (relative.isBlank() || relative.chars().anyMatch(Character::isISOControl)) {
            return Optional.empty();
        }
        try {
            Path named = root.resolve(relative).normalize();
            if (!named.startsWith(root) || !Files.isRegularFile(named)) {
                return Optional.empty();
            }
            return named.toRealPath().startsWith(root.toRealPath())
                    ? Optional.of(named)
                    : Optional.empty();
        } catch (InvalidPathException noName) {
            return Optional.empty();
        } catch (IOException cause) {
            throw new FolderException("cannot look at " + relative + " in " + root, cause);
        }
    }

    /// Where a task's files are.
    public record TaskFolder(Path root) {
        public Path envelope() {
            return root.resolve("task_envelope.json");
        }

        public Path result() {
            return root.resolve("task_result.json");
        }

        /// The jobs that the task started.
        public Path childJob() {
            return root.resolve("child_job.json");
        }

        /// A second name for the folder of a task that started jobs.
        public Path recursive() {
            return root.resolveSibling(root.getFileName() + "_recursive");
        }

        /// The task's workspace.
        public Path worktree() {
            return root.resolve("worktree");
        }

        /// What the commands printed that made its workspace ready.
        public Path setupLog() {
            return root.resolve("setup.log");
        }

        /// The home folder of its agent, where that is not the user's.
        public Path home() {
            return root.resolve("home");
        }

        /// The folder of one of its attempts.
        ///
        /// @param number from 1
        public AttemptFolder attempt(int number) {
            if (number < 1) {
                throw new IllegalArgumentException("attempts are numbered from 1");
            }
            return new AttemptFolder(root.resolve("attempt_" + number));
        }
    }

    /// Where an attempt's files are.
    public record AttemptFolder(Path root) {
        /// The folder of a further round, in which a check that failed went back to the agent.
        ///
        /// @param round from 1
        public AttemptFolder fix(int round) {
            return new AttemptFolder(root.resolve("fix_" + round));
        }

        /// The folder of a further round, in which the lead was asked again for a plan.
        ///
        /// @param round from 1
        public AttemptFolder again(int round) {
            return new AttemptFolder(root.resolve("again_" + round));
        }

        /// The agent's launch line, its arguments separated by NULs.
        public Path command() {
            return root.resolve("command.log");
        }

        public Path prompt() {
            return root.resolve("prompt.md");
        }

        /// The agent's standard output, all of it.
        public Path output() {
            return root.resolve("output.log");
        }

        /// The agent's standard error, all of it.
        public Path errors() {
            return root.resolve("error.log");
        }

        /// The agent's exit code, once it has ended.
        public Path exitCode() {
            return root.resolve("exit_code");
        }
    }
}
