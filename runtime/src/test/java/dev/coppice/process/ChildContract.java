package dev.coppice.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a child may rely on and what is relied on from it, whatever way it was started.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ChildContract {
    static final Duration LONG = Duration.ofMinutes(2);

    @TempDir Path directory;
    Processes processes;
    final Marker marker = new Marker("COPPICE_TEST_MARK", UUID.randomUUID().toString());

    abstract Processes open();

    @BeforeEach
    void openTheDoor() {
        processes = open();
    }

    @AfterEach
    void nothingIsLeftBehind() {
        processes.close();
        assertThat(Survivors.of(marker)).isEmpty();
    }

    Launch launch(Limits limits, String... argv) {
        return new Launch(
                List.of(argv),
                directory,
                Map.of("PATH", System.getenv("PATH")),
                ChildFiles.in(directory, Path.of("/dev/null")),
                marker,
                limits);
    }

    Child sh(Limits limits, String script) {
        return processes.start(launch(limits, "sh", "-c", script));
    }

    Child python(Limits limits, String script) {
        return processes.start(launch(limits, "python3", "-c", script));
    }

    static Limits wall(Duration wall) {
        return Limits.of(wall);
    }

    String output() throws IOException {
        return Files.readString(directory.resolve("output.log"));
    }

    @Test
    void itsStreamsAreInFilesAndItsExitCodeComesBack() throws Exception {
        Ended ended = sh(wall(LONG), "echo out; echo err >&2; exit 7").await();

        assertThat(ended.exit()).isEqualTo(new Exit.Exited(7));
        assertThat(ended.leaked()).isZero();
        assertThat(output()).isEqualTo("out\n");
        assertThat(directory.resolve("error.log")).hasContent("err");
        assertThat(directory.resolve("exit_code")).hasContent("7");
    }

    @Test
    void aLimitEndsAGrandchildInItsOwnSessionThatHoldsStandardOutput() throws Exception {
        long begin = System.nanoTime();
        Child child =
                sh(
                        wall(Duration.ofSeconds(1)),
                        "echo partial; setsid sh -c 'echo $$ >gc; sleep 30'; echo never");

        Ended ended = child.await();

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
        assertThat(ended.exit()).isEqualTo(new Exit.TimedOut(Exit.Limit.WALL));
        assertThat(output()).isEqualTo("partial\n");
        assertThat(Survivors.of(marker)).isEmpty();
    }
}
