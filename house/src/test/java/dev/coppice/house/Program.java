package dev.coppice.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The command line as a process of its own, on the classes under test.
///
/// @param environment complete
record Program(Path folder, Map<String, String> environment) {
    /// Generous: only to end a hang.
    private static final long MINUTES_MAX = 5;

    /// What one run of it gave.
    record Finished(int exitCode, String output, String errors) {}

    /// Runs it to its end.
    Finished run(String... arguments) throws InterruptedException {
        Started started = start(arguments);
        if (!started.process().waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
            started.process().destroyForcibly();
            throw new AssertionError(
                    "coppice " + String.join(" ", arguments) + " hangs\n" + started.errorText());
        }
        return new Finished(
                started.process().exitValue(), started.outputText(), started.errorText());
    }

    /// Starts it; what it prints goes to files.
    Started start(String... arguments) {
        try {
            Path output = Files.createTempFile("coppice", ".out");
            Path errors = Files.createTempFile("coppice", ".err");
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(
                    List.of(
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "--enable-native-access=ALL-UNNAMED"));
            command.add("-cp");
            command.add(
                    System.getProperty(
                            "surefire.test.class.path", System.getProperty("java.class.path")));
            command.add("dev.coppice.cli.Main");
            command.addAll(List.of(arguments));
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectOutput(output.toFile())
                            .redirectError(errors.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            return new Started(builder.start(), output, errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A run under way.
    record Started(Process process, Path output, Path errors) {
        String outputText() {
            return text(output);
        }

        String errorText() {
            return text(errors);
        }

        private static String text(Path file) {
            try {
                // The last character may be there in part.
                return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
