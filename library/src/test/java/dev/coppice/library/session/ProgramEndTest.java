package dev.coppice.library.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Programs that use the library and are ended from outside.
class ProgramEndTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"session", "orchestrator", "envelope", "command"})
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void noAgentOutlivesTheProgramThatStartedIt(String door) throws Exception {
        // given
        Path pid = folder.resolve("pid");
        Path programs = Files.createDirectories(folder.resolve("programs"));
        Path claude =
                Files.writeString(
                        programs.resolve("claude"),
                        """
                        #!/bin/sh
                        [ "$1" = --version ] && echo '2.1.329 (Claude Code)' && exit
                        [ "$1" = auth ] && exit
                        echo $$ > '%s.part' && mv '%1$s.part' '%1$s'
                        exec sleep 600
                        """
                                .formatted(pid));
        Files.setPosixFilePermissions(claude, PosixFilePermissions.fromString("rwxr-xr-x"));
        ProcessBuilder program =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EndingProgram.class.getName(),
                        door);
        program.directory(ScratchRepository.in(folder.resolve("a project")).path().toFile());
        program.environment().merge("PATH", programs.toString(), (path, own) -> own + ":" + path);
        program.environment().put("COPPICE_HOME", folder.resolve("home").toString());
        program.redirectErrorStream(true).redirectOutput(folder.resolve("printed").toFile());

        // when
        Process running = program.start();
        while (!Files.exists(pid)) {
            assertThat(running.isAlive()).as(() -> "it runs; it printed " + printed()).isTrue();
            LockSupport.parkNanos(20_000_000);
        }
        long agent = Long.parseLong(Files.readString(pid).strip());
        running.destroy();
        running.waitFor();

        // then
        assertThat(isAlive(agent)).isFalse();
    }

    /// Whether a process is there and is not just waiting for its parent to take notice of its end.
    static boolean isAlive(long pid) {
        try {
            return !Files.readString(Path.of("/proc", Long.toString(pid), "status"))
                    .contains("State:\tZ");
        } catch (IOException gone) {
            return false;
        }
    }

    private String printed() {
        try {
            return Files.readString(folder.resolve("printed"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
