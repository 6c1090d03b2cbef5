package dev.coppice.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.model.CommitId;
import dev.coppice.testkit.ScratchRepository;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamesTest {
    @Test
    void aBranchNameIsTakenExactlyWhenGitTakesIt(@TempDir Path home) {
        ScratchRepository scratch = ScratchRepository.unborn(home.resolve("repo"));
        List<String> names =
                new ArrayList<>(
                        List.of(
                                "trunk",
                                "a/b",
                                "-a",
                                "HEAD",
                                "a..b",
                                "a.lock",
                                "a.lock/b",
                                ".a",
                                "a/.b",
                                "a.",
                                "a@{b",
                                "@",
                                "a b",
                                "a\tb",
                                "a~b",
                                "a^",
                                "a:b",
                                "a?",
                                "a*",
                                "a[",
                                "a\\b",
                                "/a",
                                "a/",
                                "a//b",
                                "ünï/“x”",
                                "a'b",
                                "HEAD/x",
                                "a\u007f"));
        Random random = new Random(7);
        String letters = "ab./@{-~ lock";
        for (int i = 0; i < 60; i++) {
            StringBuilder name = new StringBuilder();
            for (int j = random.nextInt(6); j >= 0; j--) {
                name.append(letters.charAt(random.nextInt(letters.length())));
            }
            names.add(name.toString());
        }

        List<String> taken =
                names.stream().filter(name -> BranchName.problem(name).isEmpty()).toList();

        assertThat(taken)
                .isEqualTo(names.stream().filter(name -> gitTakes(scratch, name)).toList());
    }

    private static boolean gitTakes(ScratchRepository scratch, String name) {
        try {
            // a name like @{-1} is a question about the past, not a name
            return scratch.git("check-ref-format", "--branch", name).equals(name);
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @Test
    void aBadNameIsRefusedWithTheReason() {
        assertThatThrownBy(() -> new BranchName("feature branch"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("feature branch")
                .hasMessageContaining("space");
        assertThatThrownBy(() -> new CommitId("HEAD"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("HEAD");
    }

    @Test
    void nothingInAnIdentityOrTrailerCanBreakACommit() {
        Identity identity = new Identity("Eve\n<x>\0", "eve@x>\nauthor y");
        CommitMessage message =
                new CommitMessage(
                        "  Text\n",
                        List.of(new CommitMessage.Trailer("Coppice-Task", "two\nlines ")));

        assertThat(identity).hasToString("Evex <eve@xauthor y>");
        assertThat(message).hasToString("Text\n\nCoppice-Task: two lines\n");
        assertThat(new Authorship(identity, identity, Instant.EPOCH).authorLine())
                .isEqualTo("author Evex <eve@xauthor y> 0 +0000");
    }

    @Test
    void anExclusionNeverLeadsOutOfTheTop() {
        for (String path : List.of("", "/etc", "../x", "a/../../b")) {
            assertThatThrownBy(() -> Exclusions.of(List.of(path)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        Exclusions exclusions = Exclusions.of(List.of("./.env", "node_modules/"));
        assertThat(exclusions.paths()).containsExactly(".env", "node_modules");
        assertThat(exclusions.covers("node_modules/a/b")).isTrue();
        assertThat(exclusions.covers("node_modules")).isTrue();
        assertThat(exclusions.covers("node_modules_too")).isFalse();
        assertThat(exclusions.covers("sub/.env")).isFalse();
    }
}
