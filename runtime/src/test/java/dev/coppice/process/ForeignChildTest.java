package dev.coppice.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ForeignChildTest extends ChildContract {
    @Override
    Processes open() {
        return Processes.ofStarter("foreign");
    }

    @Test
    void noSignalIsBlockedOrIgnoredInIt() throws Exception {
        Ended ended = start("grep", "^Sig[BI]", "/proc/self/status").await();

        assertThat(ended.exit()).isEqualTo(new Exit.Exited(0));
        assertThat(directory.resolve("output.log"))
                .hasContent("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000");
    }

    @Test
    void deadOrphansAreReaped() throws Exception {
        // each is handed to this process, and dies
        Child child =
                start(
                        "sh",
                        "-c",
                        "for i in 1 2 3 4 5; do (setsid sh -c 'echo $$ >>orphans' &); done; sleep 600");
        Path orphans = directory.resolve("orphans");
        while (!Files.exists(orphans) || Files.readAllLines(orphans).size() < 5) {
            assertThat(child.awaitEnd(Duration.ofMillis(5))).isFalse();
        }

        while (Files.readAllLines(orphans).stream().anyMatch(ForeignChildTest::isThere)) {
            assertThat(child.awaitEnd(Duration.ofMillis(50))).isFalse();
        }
        child.kill();
    }

    private Child start(String... argv) {
        return processes.start(
                new Launch(
                        List.of(argv),
                        directory,
                        Map.of("PATH", System.getenv("PATH")),
                        ChildFiles.in(directory, Path.of("/dev/null")).withoutExitCode(),
                        marker,
                        Limits.of(Duration.ofMinutes(5))));
    }

    /// Alive or dead, and not reaped.
    private static boolean isThere(String pid) {
        return !Survivors.read(Long.parseLong(pid), "status").isEmpty();
    }
}
