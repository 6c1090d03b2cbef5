package dev.coppice.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Git refuses what would lose work; no source of ours may tell it to go on all the same.
class NeverByForceTest {
    private static final Path SOURCES = Path.of("src/main/java/dev/coppice");

    private static final List<String> FORBIDDEN =
            List.of(
                    "--force",
                    "\"-f\"",
                    "\"-ff",
                    "\"-df\"",
                    "\"prune\"",
                    "worktree prune",
                    "\"-B\"",
                    "\"-D\"",
                    "\"+refs/",
                    "\"stash\"");

    @Test
    void noSourceOverrulesGit() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).toList();

            assertThat(sources).hasSizeGreaterThan(40);
            for (Path source : sources) {
                assertThat(Files.readString(source)).as("%s", source).doesNotContain(FORBIDDEN);
            }
        }
    }
}
