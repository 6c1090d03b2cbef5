package dev.coppice.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FollowerTest {
    @TempDir Path directory;
    private Path file = Path.of("");
    private final List<String> lines = new ArrayList<>();

    @BeforeEach
    void nothingIsWrittenYet() throws IOException {
        file = Files.createFile(directory.resolve("output.log"));
    }

    private void write(String text) {
        try {
            Files.writeString(file, text, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void note(Line line) {
        lines.add(line.end() == Line.End.COMPLETE ? line.text() : line.end() + ":" + line.text());
    }

    /// A writer that writes one piece whenever it is waited for, and then has ended.
    private Follower.Writer writing(String... pieces) {
        Iterator<String> rest = List.of(pieces).iterator();
        return atMost -> {
            if (rest.hasNext()) {
                write(rest.next());
            }
            return !rest.hasNext();
        };
    }

    @Test
    void linesComeAsTheFileGrowsWhereverItIsCut() throws Exception {
        try (Follower follower = Follower.of(file)) {
            follower.follow(writing("o", "ne\nt", "wo\n\nthr", "ee\n"), this::note);
        }

        assertThat(lines).containsExactly("one", "two", "", "three");
    }

    @Test
    void whatTheWriterWroteLastIsNotLost() throws Exception {
        try (Follower follower = Follower.of(file)) {
            follower.follow(writing("first\n", "last\n{\"half\":"), this::note);
        }

        assertThat(lines).containsExactly("first", "last", "HALF:{\"half\":");
    }

    @Test
    void itCanBeginAtAnEarlierEnd() throws Exception {
        write("old\nnew\n");

        try (Follower follower = Follower.of(file, 4, Follower.LINE_BYTES_MAX)) {
            follower.readAll(this::note);
        }

        assertThat(lines).containsExactly("new");
    }

    @Test
    void aTooLongLineIsCutAndSaysSoAndTheNextIsWhole() throws Exception {
        write("12345\n123456\nok\n1234567");

        try (Follower follower = Follower.of(file, 0, 5)) {
            follower.readAll(this::note);
        }

        assertThat(lines).containsExactly("12345", "CUT:12345", "ok", "CUT:12345");
    }

    @Test
    void aTooLongLineThatGrowsSlowlyIsCutOnce() throws Exception {
        try (Follower follower = Follower.of(file, 0, 5)) {
            follower.follow(writing("123", "45", "67", "890", "1\nok\n"), this::note);
        }

        assertThat(lines).containsExactly("CUT:12345", "ok");
    }

    @Test
    void longAndShortLinesComeWholeInAnyOrder() throws Exception {
        Random random = new Random(7);
        List<String> written = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            written.add("x".repeat(i % 20 == 0 ? 3_000_000 : random.nextInt(100_000)));
        }
        write(String.join("\n", written) + "\n");

        try (Follower follower = Follower.of(file)) {
            follower.readAll(this::note);
        }

        assertThat(lines).isEqualTo(written);
    }

    @Test
    void aLineCanBeLookedAtWithoutACopy() throws Exception {
        write("a line\n{\"type\":\"x\"}\n");
        List<Boolean> isJson = new ArrayList<>();

        try (Follower follower = Follower.of(file)) {
            follower.readAll(line -> isJson.add(line.startsWith(new byte[] {'{', '"'})));
        }

        assertThat(isJson).containsExactly(false, true);
    }

    @Test
    void theTailOfAFileBeginsWithAWholeLineAndSaysThatItWasCut() throws IOException {
        write("one\ntwo é\nthree\n");

        assertThat(Tail.of(file, 1000)).isEqualTo(new Tail("one\ntwo é\nthree\n", false));
        assertThat(Tail.of(file, 12)).isEqualTo(new Tail("three\n", true));
        assertThat(Tail.of(file, 3)).isEqualTo(new Tail("ee\n", true));
    }

    @Test
    void theTailOfALineNeverBeginsInsideACharacter() throws IOException {
        write("éééé");

        assertThat(Tail.of(file, 3)).isEqualTo(new Tail("é", true));
    }
}
