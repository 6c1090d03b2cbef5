package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `install.sh` on a machine that has next to nothing.
class InstallScriptTest {
    private static final Path TOP = Path.of("..").toAbsolutePath().normalize();

    @TempDir Path folder;

    @Test
    void allThatIsMissingIsToldAtOnce() throws Exception {
        Path script =
                Files.copy(
                        TOP.resolve("install.sh"),
                        folder.resolve("install.sh"),
                        StandardCopyOption.COPY_ATTRIBUTES);
        Path launcher =
                Files.writeString(
                        folder.resolve("coppice"), "#!/bin/sh\necho there is no JDK 25\nexit 6\n");
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        Path programs = Files.createDirectory(folder.resolve("programs"));
        for (String name : List.of("dirname", "readlink", "sed")) {
            Files.createSymbolicLink(programs.resolve(name), found(name));
        }

        ProcessBuilder install = new ProcessBuilder("/bin/sh", script.toString());
        Map<String, String> environment = install.environment();
        environment.clear();
        environment.put("PATH", programs.toString());
        Path said = folder.resolve("said");
        Process process = install.redirectErrorStream(true).redirectOutput(said.toFile()).start();

        assertThat(process.waitFor()).isEqualTo(6);
        assertThat(said).content().contains("git is missing", "there is no JDK 25");
    }

    private static Path found(String program) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .map(place -> Path.of(place, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }
}
