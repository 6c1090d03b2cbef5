package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.house.cli.Program.Result;
import dev.coppice.testkit.ScratchRepository;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A user in a repository whose agent is the shell: each task's description is the line that it runs.
record Scene(Path folder, Program program, ScratchRepository repository) {
    static final String CONFIGURATION =
            """
            agents:
              default: script
              lead: script
              script: { command: [bash], stdin: description }
            """;

    private static final Duration HANGS = Duration.ofMinutes(4);

    private static final Pattern JOB = Pattern.compile("^job ([0-9a-z]{12})$", Pattern.MULTILINE);

    static Scene in(Path folder) throws IOException {
        Program program = Program.in(Files.createDirectories(folder.resolve("program")));
        ScratchRepository repository = ScratchRepository.in(folder.resolve("a répository"));
        Scene scene = new Scene(folder, program, repository);
        scene.configure(CONFIGURATION);
        return scene;
    }

    /// With another value of a variable of the environment.
    Scene with(String variable, String value) {
        program.with(variable, value);
        return this;
    }

    void configure(String yaml) {
        repository.write("coppice.yaml", yaml);
        repository.commit("Configure");
    }

    void plan(String yaml) {
        repository.write("plan.yaml", yaml);
    }

    /// A folder beside the repository in which tasks run without one, with a plan of one task, `a`.
    Path folderWithoutRepository() throws IOException {
        Path plain = Files.createDirectories(folder.resolve("no repository"));
        Files.writeString(
                plain.resolve("coppice.yaml"),
                CONFIGURATION + "orchestrator: { isolation: none }\n");
        Files.writeString(
                plain.resolve("plan.yaml"), "tasks: [{id: a, description: echo one > a.txt}]");
        return plain;
    }

    /// The same user at another terminal.
    Scene second() throws IOException {
        return new Scene(
                folder, Program.in(Files.createDirectories(folder.resolve("second"))), repository);
    }

    /// The folders of jobs.
    List<Path> jobFolders() throws IOException {
        Path all = repository.path().resolve(".coppice/workspace");
        try (Stream<Path> folders = Files.list(all)) {
            return folders.filter(f -> f.getFileName().toString().startsWith("job_")).toList();
        }
    }

    /// A PATH on which these of the machine's programs are, and no other.
    String programs(String... names) throws IOException {
        Path programs = Files.createDirectories(folder.resolve("programs"));
        for (String name : names) {
            script(programs.resolve(name), "exec '%s' \"$@\"\n".formatted(real(name)));
        }
        return programs.toString();
    }

    /// Where a program of the machine is.
    static Path real(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    /// Writes a program of these lines for the shell.
    static Path script(Path file, String lines) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + lines);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /// Where a job's files are.
    Path folderOf(String job) {
        return repository.path().resolve(".coppice/workspace/job_" + job);
    }

    Process start(String... words) throws IOException {
        return program.start(repository.path(), words);
    }

    Result run(String... words) throws IOException, InterruptedException {
        return program.run(repository.path(), words);
    }

    /// Runs a plan to its end.
    Result runPlan(String yaml) throws IOException, InterruptedException {
        plan(yaml);
        return run("run", "--plan", "plan.yaml");
    }

    /// Begins to run a plan, and returns once an attempt has begun.
    Process startPlan(String yaml) throws IOException {
        plan(yaml);
        Process running = program.start(repository.path(), "run", "--plan", "plan.yaml");
        await(() -> program.printed("out").contains("begins"));
        return running;
    }

    /// A condition that looks at files.
    interface Condition {
        boolean holds() throws IOException;
    }

    /// Waits for a condition, which may be one that holds only once; the limit only ends a hang.
    static void await(Condition condition) throws IOException {
        long end = System.nanoTime() + HANGS.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("it hangs").isLessThan(end);
            LockSupport.parkNanos(20_000_000);
        }
    }

    /// The id of the job that the running program told of.
    String jobOfRun() throws IOException {
        return job(new Result(0, program.printed("out"), program.printed("err")));
    }

    /// The id of the job that a run told of.
    static String job(Result run) {
        return found(run).orElseThrow(() -> new AssertionError(run.toString()));
    }

    private static Optional<String> found(Result run) {
        Matcher found = JOB.matcher(run.out());
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }
}
