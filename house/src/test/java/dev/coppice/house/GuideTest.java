package dev.coppice.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the pages of the guide show works when it is copied.
class GuideTest {
    /// One for all pages, since the first Python environment of a machine takes seconds.
    @TempDir(cleanup = CleanupMode.NEVER)
    static Path machine;

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

    @ParameterizedTest
    @MethodSource("pages")
    void whatAPageShowsCompilesRunsAndPrintsWhatItSays(GuidePage page) throws Exception {
        // given
        Path classes = Files.createDirectories(folder.resolve("classes"));
        assertThat(page.compile(classes)).isEmpty();

        for (GuidePage.Example program : page.programs()) {
            // when
            Path where = Files.createDirectories(folder.resolve("work").resolve(program.type()));
            GuidePage.Ran ran =
                    GuidePage.run(program, classes, where, UsersMachine.environment(machine));

            // then
            assertThat(ran.exitCode()).as("%s:\n%s", program, ran.errors()).isZero();
            program.prints()
                    .ifPresent(text ->
                            assertThat(UsersMachine.withoutAudit(ran.output())).isEqualTo(text));
        }
    }

    @Test
    void aPageHasNothingButTheLibrary() throws Exception {
        GuidePage.Example program =
                new GuidePage.Example(
                        "Beyond",
                        "import dev.coppice.server.rest.RestServer;\nvoid main() {}\n",
                        Optional.empty());

        assertThat(new GuidePage("beyond", List.of(program)).compile(folder))
                .anyMatch(problem -> problem.contains("dev.coppice.server.rest"));
    }

    @Test
    void theQuickExamplesOfTheLibraryHaveTenLinesAtMost() throws Exception {
        GuidePage library =
                pages().stream()
                        .filter(page -> page.name().equals("library"))
                        .findAny()
                        .orElseThrow();

        assertThat(library.programs())
                .isNotEmpty()
                .allSatisfy(program ->
                        // the two lines of the method around the block are not the page's
                        assertThat(program.source().lines().filter(line -> !line.isBlank()))
                                .hasSizeLessThanOrEqualTo(10 + 2));
    }
}
