package dev.coppice.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
        Child child =
                start("sh", "-c", "for i in 1 2 3 4 5; do (setsid sleep 0.01 &); done; sleep 600");
        while (zombies() < 1) { // until at least one of them was handed to this process and died
            assertThat(child.awaitEnd(Duration.ofMillis(5))).isFalse();
        }

        while (zombies() > 0) {
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
                        Limits.of(Duration.ofMinutes(2))));
    }

    private static long zombies() throws IOException {
        long own = ProcessHandle.current().pid();
        String children = Files.readString(Path.of("/proc/self/task/" + own + "/children")).strip();
        return List.of(children.split(" ", -1)).stream()
                .filter(pid -> !pid.isEmpty())
                .filter(pid -> Survivors.read(Long.parseLong(pid), "status").contains("State:\tZ"))
                .count();
    }
}
