package dev.coppice.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the pages of the guide show works when it is copied.
class GuideTest {
    /// A stand-in for claude: it repeats the last line of what it is told.
    private static final String CLAUDE =
            """
            #!/bin/sh
            while [ $# -gt 0 ]; do
                if [ "$1" = -p ]; then prompt=$2; fi
                shift
            done
            printf '%s\\n' "$prompt" | tail -n 1
            """;

    @TempDir Path folder;

    static List<GuidePage> pages() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        Path guide =
                (Files.exists(root.resolve("mvnw")) ? root : root.resolveSibling(""))
                        .resolve("docs")
                        .resolve("guide");
        try (Stream<Path> files = Files.list(guide)) {
            return files.filter(f -> f.toString().endsWith(".md"))
                    .sorted()
                    .map(GuidePage::read)
                    .filter(page -> !page.programs().isEmpty())
                    .toList();
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("pages")
    void whatAPageShowsCompilesRunsAndPrintsWhatItSays(GuidePage page) throws Exception {
        // given
        Path classes = Files.createDirectories(folder.resolve("classes"));
        assertThat(page.compile(classes)).isEmpty();

        for (GuidePage.Example program : page.programs()) {
            // when
            Path where = Files.createDirectories(folder.resolve("work").resolve(program.type()));
            GuidePage.Ran ran = GuidePage.run(program, classes, where, environment());

            // then
            assertThat(ran.exitCode()).as("%s:\n%s", program, ran.errors()).isZero();
            program.prints().ifPresent(text -> assertThat(ran.output()).isEqualTo(text));
        }
    }

    private Map<String, String> environment() throws IOException {
        Path programs = Files.createDirectories(folder.resolve("bin"));
        Path claude = Files.writeString(programs.resolve("claude"), CLAUDE);
        Files.setPosixFilePermissions(claude, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path home = Files.createDirectories(folder.resolve("home"));
        Map<String, String> environment = new HashMap<>();
        environment.put("PATH", programs + ":" + System.getenv("PATH"));
        environment.put("HOME", home.toString());
        environment.put("LC_ALL", "C.UTF-8");
        return environment;
    }
}
