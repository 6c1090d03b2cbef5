package dev.coppice.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.CommitId;
import dev.coppice.testkit.ScratchRepository;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitsTest {
    @TempDir private Path home;
    private OpenedRepository repository;
    private Commits commits;

    @BeforeEach
    void open() {
        repository = new OpenedRepository(ScratchRepository.in(home.resolve("repo")));
        commits = repository.git().commits();
    }

    @AfterEach
    void close() {
        repository.close();
    }

    @Test
    void changesAreToldByKindUnderTheirTrueNames() {
        ScratchRepository scratch = repository.scratch();
        scratch.write("old \"quoted\"", "text\n".repeat(50));
        scratch.write("gone", "x");
        CommitId from = new CommitId(scratch.commit("Before"));
        scratch.git("mv", "old \"quoted\"", "new\nline ünï");
        scratch.git("rm", "-q", "gone");
        scratch.write("README.md", "changed");
        CommitId to = new CommitId(scratch.commit("After"));

        assertThat(commits.changes(from, to))
                .isEqualTo(
                        new Changes(
                                List.of("new\nline ünï"),
                                List.of("README.md"),
                                List.of("gone", "old \"quoted\"")));
        assertThat(commits.changes(to, to).isEmpty()).isTrue();
    }

    @Test
    void containmentOfManyHeadsIsKnownAtOnce() {
        CommitId start = repository.head();
        CommitId one = repository.branch("one", start, Map.of("a", "1"));
        CommitId two = repository.branch("two", one, Map.of("b", "1"));
        CommitId three = repository.branch("three", start, Map.of("c", "1"));

        assertThat(commits.isContained(one, two)).isTrue();
        assertThat(commits.isContained(two, one)).isFalse();
        assertThat(commits.notContained(List.of(start, one, two, three), List.of(two)))
                .containsExactly(three);
    }

    @Test
    void theOutlineIsCutAndSaysSo() {
        repository.scratch().write("a", "1");
        repository.scratch().write("b/c", "1");
        CommitId commit = new CommitId(repository.scratch().commit("More"));

        Outline outline = commits.outline(commit, 2);

        assertThat(outline).isEqualTo(new Outline(List.of("README.md", "a"), 3));
        assertThat(outline.isCut()).isTrue();
        assertThat(commits.outline(commit, 3).isCut()).isFalse();
    }

    @Test
    void aCommitIsWrittenAsDraftedAndUnsigned() {
        repository.scratch().git("config", "commit.gpgSign", "true");
        repository.scratch().git("config", "i18n.commitEncoding", "latin1");
        CommitId start = repository.head();

        CommitId written =
                commits.write(
                        new CommitDraft(
                                commits.tree(start),
                                List.of(start),
                                OpenedRepository.AUTHORSHIP,
                                new CommitMessage(
                                        "Tüt es",
                                        List.of(
                                                new CommitMessage.Trailer("Coppice-Job", "j"),
                                                new CommitMessage.Trailer("Coppice-Task", "t")))));

        assertThat(repository.scratch().git("cat-file", "commit", written.value()))
                .isEqualTo(
                        """
                        tree %s
                        parent %s
                        author worker_1 <worker_1@coppice.invalid> 1760000000 +0000
                        committer Ada Tester <ada@example.org> 1760000000 +0000

                        Tüt es

                        Coppice-Job: j
                        Coppice-Task: t\
                        """
                                .formatted(commits.tree(start), start));
        assertThat(
                        repository
                                .scratch()
                                .git(
                                        "log",
                                        "-1",
                                        "--format=%(trailers:key=Coppice-Task,valueonly)",
                                        written.value())
                                .strip())
                .isEqualTo("t");
    }

    @Test
    void aPatchIsMadeOfTheFilesThemselves() {
        ScratchRepository scratch = repository.scratch();
        CommitId from = repository.head();
        scratch.write(".gitattributes", "* diff=own\n");
        scratch.write("README.md", "changed\n");
        scratch.git("config", "diff.own.textconv", "echo converted; true");
        CommitId to = new CommitId(scratch.commit("Change"));

        assertThat(commits.patch(from, to)).contains("+changed").doesNotContain("converted");
    }
}
