package dev.coppice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.JobStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How many git processes a job takes: each costs some milliseconds, and a task that does nothing is made of them.
class GitProcessesTest {
    @TempDir Path folder;

    @Test
    void aTaskTakesFewGitProcesses() throws Exception {
        Scene scene = new Scene(folder, 20, "workers: { max_workers: 1 }\n");
        Path log = folder.resolve("git.log");
        scene.findFirstIn(counting(log));

        long of2 = processes(scene, log, 2);
        long of6 = processes(scene, log, 6);

        assertThat((of6 - of2) / 4).isLessThanOrEqualTo(15);
    }

    /// A git in git's place that notes how it is called.
    private Path counting(Path log) throws IOException {
        Path git =
                Stream.of(System.getenv("PATH").split(":", -1))
                        .map(place -> Path.of(place, "git"))
                        .filter(Files::isExecutable)
                        .findFirst()
                        .orElseThrow();
        Path programs = Files.createDirectory(folder.resolve("programs"));
        Path own =
                Files.writeString(
                        programs.resolve("git"),
                        "#!/bin/sh\necho called >> '%s'\nexec '%s' \"$@\"\n".formatted(log, git));
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwx------"));
        return programs;
    }

    private static long processes(Scene scene, Path log, int tasks) throws Exception {
        Files.deleteIfExists(log);
        String plan =
                IntStream.rangeClosed(1, tasks)
                        .mapToObj(
                                n -> "  - { description: echo %d > made-%d.txt }\n".formatted(n, n))
                        .collect(Collectors.joining("", "tasks:\n", ""));
        assertThat(scene.run(plan).status()).isEqualTo(JobStatus.COMPLETED);
        return Files.readAllLines(log).size();
    }
}
