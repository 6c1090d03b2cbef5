package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The script that people start, apart from the build that it does where there are sources.
class LauncherTest {
    @TempDir Path folder;

    @Test
    void itStartsThroughALinkFromAFolderWithSpacesAndAnEmptyEnvironment() throws Exception {
        // given
        Path home = Files.createDirectories(folder.resolve("an installed program"));
        Path launcher =
                Files.copy(
                        Path.of("..", "coppice"),
                        home.resolve("coppice"),
                        StandardCopyOption.COPY_ATTRIBUTES);
        Path app = Files.createDirectories(home.resolve("cli/target/app"));
        Files.writeString(app.resolve("classpath"), System.getProperty("java.class.path") + "\n");
        Files.writeString(app.resolve("jdk"), System.getProperty("java.home") + "\n");
        Path link = Files.createSymbolicLink(folder.resolve("a link"), launcher);

        // when
        ProcessBuilder builder = new ProcessBuilder(link.toString(), "--version");
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("HOME", folder.toString());
        Process process = builder.redirectErrorStream(true).start();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        // then
        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed).startsWith("coppice 0.");
    }
}
