package dev.coppice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Compares what was made with the file that shows what it should be. Run with `-Dgolden=write`, the
/// test writes the file instead; what changed is then seen in the version control.
public final class Golden {
    private static final Path FOLDER = Path.of("src", "test", "resources", "golden");

    private Golden() {}

    /// Asserts that `made` is what the golden file `name` of the module under test holds.
    public static void check(String name, String made) {
        Path file = FOLDER.resolve(name);
        try {
            if ("write".equals(System.getProperty("golden"))) {
                Files.createDirectories(Objects.requireNonNull(file.getParent()));
                Files.writeString(file, made);
            }
            assertThat(made).as("golden file %s", name).isEqualTo(Files.readString(file));
        } catch (IOException cause) {
            throw new UncheckedIOException("golden file " + name, cause);
        }
    }
}
