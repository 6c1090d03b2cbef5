package dev.coppice.testkit.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// For each law there is a mutant that breaks it and that the tests must find. The trials are run on
/// demand, with `-Dmutants` for all or `-Dmutants=slot` for those whose law has that word, since each
/// starts a process of its own; that the list still fits the sources is checked always.
class MutantsTest {
    private static final Path CORE = Path.of("..", "core").toAbsolutePath().normalize();
    private static final Path SOURCES = CORE.resolve("src/main/java");
    private static final long PATIENCE_SECONDS = 180;

    @TempDir Path folder = Path.of("");

    static List<Mutant> mutants() throws IOException {
        return Mutant.all();
    }

    /// `-Dmutants` alone is `true` for Maven.
    static List<Mutant> chosen() throws IOException {
        String word = System.getProperty("mutants", "");
        return Mutant.all().stream()
                .filter(mutant -> word.equals("true") || mutant.law().contains(word))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void everyMutantFitsTheSources(Mutant mutant) {
        assertThat(mutant.writeTo(folder, SOURCES)).exists();
    }

    @Test
    @EnabledIfSystemProperty(named = "mutants", matches = ".*")
    void withoutAMutantAllIsWell() throws IOException, InterruptedException {
        assertThat(survives(folder)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("chosen")
    @EnabledIfSystemProperty(named = "mutants", matches = ".*")
    void everyMutantDies(Mutant mutant) throws IOException, InterruptedException {
        compile(mutant.writeTo(folder, SOURCES));
        assertThat(survives(folder)).as("survives: %s", mutant).isFalse();
    }

    private void compile(Path source) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int failed =
                compiler.run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-nowarn",
                        "-d",
                        folder.toString(),
                        "-cp",
                        classPath(CORE.resolve("target/classes").toString()),
                        source.toString());
        assertThat(failed).as("exit code of the compiler").isZero();
    }

    /// Whether the tests find nothing wrong with the classes in `mutated`, put before all others. A
    /// trial that does not come to its end found something.
    private static boolean survives(Path mutated) throws IOException, InterruptedException {
        Path output = Files.createTempFile("trial", ".log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx1g");
        command.add("-cp");
        command.add(
                classPath(
                        mutated.toString(),
                        CORE.resolve("target/classes").toString(),
                        CORE.resolve("target/test-classes").toString()));
        command.add(Trial.class.getName());
        Process trial =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            return trial.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && trial.exitValue() == 0;
        } finally {
            trial.destroyForcibly();
            Files.delete(output);
        }
    }

    private static String classPath(String... before) {
        return String.join(File.pathSeparator, before)
                + File.pathSeparator
                + System.getProperty("java.class.path");
    }
}
