package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.house.cli.Program.Result;
import dev.coppice.testkit.ScratchRepository;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The script that people start, with a stand-in for Maven where it builds.
class LauncherTest {
    @TempDir Path folder;
    private Path home;
    private Path launcher;

    @BeforeEach
    void copy() throws IOException {
        home = Files.createDirectories(folder.resolve("a program"));
        launcher =
                Files.copy(
                        Path.of("..", "coppice"),
                        home.resolve("coppice"),
                        StandardCopyOption.COPY_ATTRIBUTES);
    }

    /// As it is where there are no sources.
    private void install() throws IOException {
        Path app = Files.createDirectories(home.resolve("cli/target/app"));
        Files.writeString(app.resolve("classpath"), System.getProperty("java.class.path") + "\n");
        Files.writeString(app.resolve("jdk"), System.getProperty("java.home") + "\n");
    }

    @Test
    void itStartsThroughALinkFromAFolderWithSpacesAndAnEmptyEnvironment() throws Exception {
        install();
        Path link = Files.createSymbolicLink(folder.resolve("a link"), launcher);

        Result version = start(folder, link, "--version");

        assertThat(version.code()).as(version.out()).isZero();
        assertThat(version.out()).startsWith("coppice 0.");
    }

    @Test
    void withoutALocaleNamesInUnicodeAreOpenedAllTheSame() throws Exception {
        // given
        install();
        ScratchRepository repository = ScratchRepository.in(folder.resolve("répo 日本"));
        repository.write("coppice.yaml", Scene.CONFIGURATION);
        repository.write("plän.yaml", "tasks: [{id: a, description: echo 🌳 > 'ünï 🌳.txt'}]");
        repository.commit("Configure");

        // when
        Result run = start(repository.path(), launcher, "run", "--plan", "plän.yaml");

        // then
        assertThat(run.code()).as(run.out()).isZero();
        assertThat(run.out()).contains("🌳");
        assertThat(repository.read("coppice/" + Scene.job(run) + "/result", "ünï 🌳.txt"))
                .isEqualTo("🌳\n");
    }

    @Test
    void itBuildsWhenASourceIsNewerAndWhenOneIsGone() throws Exception {
        // given sources, and a stand-in for Maven that packages the classes under test
        Path sources = Files.createDirectories(home.resolve("core/src/main/java"));
        Path one = Files.writeString(sources.resolve("One.java"), "class One {}");
        Path two = Files.writeString(sources.resolve("Two.java"), "class Two {}");
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        jar(home.resolve("program.jar"));
        Scene.script(
                home.resolve("mvnw"),
                """
                echo built >> builds
                mkdir -p cli/target/app/lib
                cp program.jar cli/target/app/lib
                """);

        // then it builds at first, and not again
        assertBuilds(1);
        assertBuilds(1);

        // when a source is changed
        letTimePass();
        Files.writeString(one, "final class One {}");
        assertBuilds(2);
        assertBuilds(2);

        // when one is deleted
        letTimePass();
        Files.delete(two);
        assertBuilds(3);
    }

    private void assertBuilds(int count) throws IOException, InterruptedException {
        Result version = start(folder, launcher, "--version");
        assertThat(version.out()).as(version.toString()).contains("coppice 0.");
        assertThat(Files.readAllLines(home.resolve("builds"))).hasSize(count);
    }

    /// Makes all that is there older.
    private void letTimePass() throws IOException {
        FileTime sources = FileTime.from(Instant.now().minus(Duration.ofHours(2)));
        FileTime built = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
        try (Stream<Path> all = Files.walk(home)) {
            for (Path each : all.toList()) {
                Files.setLastModifiedTime(each, each.endsWith("classpath") ? built : sources);
            }
        }
    }

    private static void jar(Path file) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                                .map(path -> Path.of(path).toUri().toString())
                                .collect(Collectors.joining(" ")));
        new JarOutputStream(Files.newOutputStream(file), manifest).close();
    }

    /// In an environment that names little more than a home folder, and no locale.
    private Result start(Path where, Path program, String... words)
            throws IOException, InterruptedException {
        List<String> line = Stream.concat(Stream.of(program.toString()), Stream.of(words)).toList();
        ProcessBuilder builder = new ProcessBuilder(line).directory(where.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("COPPICE_JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.redirectErrorStream(true).start();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), printed, "");
    }
}
