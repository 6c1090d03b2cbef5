package dev.coppice.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.git.BranchName;
import dev.coppice.git.Checkout;
import dev.coppice.git.CommitMessage;
import dev.coppice.git.Fingerprint;
import dev.coppice.git.OpenedRepository;
import dev.coppice.model.CommitId;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergesTest {
    @TempDir private Path temporary;
    private ScratchRepository scratch;
    private OpenedRepository repository;
    private Merges merges;
    private CommitId start;

    @BeforeEach
    void open() throws IOException {
        scratch = ScratchRepository.in(temporary.toRealPath().resolve("repo"));
        scratch.write("text", lines("1", "2", "3", "4", "5", "6", "7", "8", "9"));
        scratch.write("other", "other\n");
        scratch.commit("More");
        repository = new OpenedRepository(scratch);
        merges = new Merges(repository.git());
        start = repository.head();
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private static String lines(String... lines) {
        return String.join("\n", lines) + "\n";
    }

    private static Incoming head(String label, CommitId commit) {
        return new Incoming(
                label,
                commit,
                "Title of " + label,
                List.of(new CommitMessage.Trailer("Coppice-Task", label)));
    }

    private Joining join(CommitId onto, ConflictPolicy policy, Incoming... incoming) {
        return merges.join(
                new JoinOrder(
                        repository.git().checkout(),
                        onto,
                        List.of(incoming),
                        policy,
                        OpenedRepository.AUTHORSHIP));
    }

    private CommitId joined(ConflictPolicy policy, Incoming... incoming) {
        return switch (join(start, policy, incoming)) {
            case Joining.Joined(CommitId commit, var _) -> commit;
            case Joining.Conflict conflict -> throw new AssertionError(conflict.toString());
        };
    }

    private String read(CommitId commit, String file) {
        return scratch.read(commit.value(), file);
    }

    private String history(CommitId commit) {
        return scratch.git(
                "log", "--first-parent", "--reverse", "--format=%s", start + ".." + commit);
    }

    // ---- what is merged

    @Test
    void headsAreMergedInTheirOrderEachByACommitOfItsOwn() {
        CommitId a = repository.branch("a", start, Map.of("a “ü”", "1", "dir/a", "1"));
        CommitId b = repository.branch("b", start, Map.of("dir/b", "1"));
        CommitId c = repository.branch("c", start, Map.of("other", "changed\n"));
        Fingerprint before = repository.git().checkout().fingerprint();

        Joining joining =
                join(start, ConflictPolicy.STOP, head("c", c), head("a", a), head("b", b));

        assertThat(joining).isInstanceOf(Joining.Joined.class);
        CommitId commit = ((Joining.Joined) joining).commit();
        assertThat(((Joining.Joined) joining).fates().sequencedValues())
                .containsOnly(Joining.Fate.MERGED)
                .hasSize(3);
        assertThat(history(commit))
                .isEqualTo("Merge c: Title of c\nMerge a: Title of a\nMerge b: Title of b");
        assertThat(scratch.git("log", "-1", "--format=%P|%an|%cn|%at|%B", commit + "^"))
                .isEqualTo(
                        scratch.git("rev-parse", commit + "^^")
                                + " "
                                + a
                                + "|worker_1|Ada Tester|1760000000|Merge a: Title of a\n\nCoppice-Task: a");
        assertThat(repository.files(commit))
                .isEqualTo(
                        "README.md\n\"a \\342\\200\\234\\303\\274\\342\\200\\235\"\ndir/a\ndir/b\nother\ntext");
        assertThat(repository.git().checkout().fingerprint()).isEqualTo(before);
        assertThat(scratch.git("for-each-ref", "--format=%(refname)").lines())
                .containsExactlyInAnyOrder(
                        "refs/heads/a", "refs/heads/b", "refs/heads/c", "refs/heads/trunk");
    }

    @Test
    void onlyHeadsThatNoOtherContainsAreMerged() {
        CommitId a = repository.branch("a", start, Map.of("a", "1"));
        CommitId b = repository.branch("b", a, Map.of("b", "1"));
        CommitId c = repository.branch("c", start, Map.of("c", "1"));

        Joining joining =
                join(
                        start,
                        ConflictPolicy.STOP,
                        head("start", start),
                        head("a", a),
                        head("b", b),
                        head("b again", b),
                        head("c", c));

        assertThat(joining)
                .isInstanceOfSatisfying(
                        Joining.Joined.class,
                        joined -> {
                            assertThat(joined.fates())
                                    .containsExactly(
                                            Map.entry("start", Joining.Fate.ALREADY_CONTAINED),
                                            Map.entry("a", Joining.Fate.ALREADY_CONTAINED),
                                            Map.entry("b", Joining.Fate.MERGED),
                                            Map.entry("b again", Joining.Fate.ALREADY_CONTAINED),
                                            Map.entry("c", Joining.Fate.MERGED));
                            assertThat(history(joined.commit()))
                                    .isEqualTo("Merge b: Title of b\nMerge c: Title of c");
                        });
    }

    @Test
    void aResolvedConflictDoesNotConflictAgainInWhatWasBuiltOnIt() {
        CommitId a = repository.branch("a", start, Map.of("other", "a\n"));
        CommitId b = repository.branch("b", start, Map.of("other", "b\n"));
        CommitId base = joined(ConflictPolicy.THEIRS, head("a", a), head("b", b));
        CommitId c = repository.branch("c", base, Map.of("c", "1"));

        CommitId commit = joined(ConflictPolicy.STOP, head("a", a), head("b", b), head("c", c));

        assertThat(commit).isEqualTo(c);
    }

    @Test
    void oneHeadAloneIsTheResultAndNoneIsThePlaceItself() {
        CommitId a = repository.branch("a", start, Map.of("a", "1"));
        CommitId ahead = repository.branch("ahead", start, Map.of("ahead", "1"));

        assertThat(joined(ConflictPolicy.STOP, head("a", a))).isEqualTo(a);
        assertThat(joined(ConflictPolicy.STOP)).isEqualTo(start);
        assertThat(join(ahead, ConflictPolicy.STOP, head("a", a)))
                .isInstanceOfSatisfying(
                        Joining.Joined.class,
                        joined ->
                                assertThat(
                                                scratch.git(
                                                        "log",
                                                        "-1",
                                                        "--format=%P",
                                                        joined.commit().value()))
                                        .isEqualTo(ahead + " " + a));
    }

    @Test
    void whatTouchesTheSameFileIsMergedByGitBetweenTheOthers() {
        CommitId a = repository.branch("a", start, Map.of("a", "1"));
        CommitId top =
                repository.branch(
                        "top",
                        start,
                        Map.of("text", lines("one", "2", "3", "4", "5", "6", "7", "8", "9")));
        CommitId bottom =
                repository.branch(
                        "bottom",
                        start,
                        Map.of("text", lines("1", "2", "3", "4", "5", "6", "7", "8", "nine")));
        CommitId z = repository.branch("z", start, Map.of("z", "1"));

        CommitId commit =
                joined(
                        ConflictPolicy.STOP,
                        head("a", a),
                        head("top", top),
                        head("bottom", bottom),
                        head("z", z));

        assertThat(read(commit, "text"))
                .isEqualTo(lines("one", "2", "3", "4", "5", "6", "7", "8", "nine"));
        assertThat(history(commit).lines().map(line -> line.split("[ :]", 3)[1]))
                .containsExactly("a", "top", "bottom", "z");
    }

    @Test
    void anEditFollowsARenamedFileAndANewFileARenamedFolder() {
        scratch.write("old/one", lines("a", "b", "c", "d", "e", "f", "g", "h"));
        scratch.write("old/two", lines("z", "y", "x", "w", "v", "u", "t", "s"));
        scratch.git("config", "merge.directoryRenames", "true");
        start = new CommitId(scratch.commit("Folder"));
        scratch.git("checkout", "-q", "-b", "renamed");
        scratch.git("mv", "old", "new");
        CommitId renamed = new CommitId(scratch.commit("Rename"));
        scratch.git("checkout", "-q", "trunk");
        CommitId edited =
                repository.branch(
                        "edited",
                        start,
                        Map.of("old/one", lines("A", "b", "c", "d", "e", "f", "g", "h")));
        CommitId added = repository.branch("added", start, Map.of("old/three", "3\n"));

        for (List<Incoming> order :
                List.of(
                        List.of(head("r", renamed), head("e", edited), head("a", added)),
                        List.of(head("a", added), head("e", edited), head("r", renamed)))) {
            CommitId commit = joined(ConflictPolicy.STOP, order.toArray(Incoming[]::new));

            assertThat(repository.files(commit))
                    .isEqualTo("README.md\nnew/one\nnew/three\nnew/two\nother\ntext");
            assertThat(read(commit, "new/one")).startsWith("A\n");
        }
    }

    @Test
    void attributesOfTheCheckoutCount() {
        scratch.write(".gitattributes", "CHANGES merge=union\n");
        scratch.write("CHANGES", "start\n");
        start = new CommitId(scratch.commit("Attributes"));
        CommitId a = repository.branch("a", start, Map.of("CHANGES", "start\na\n"));
        CommitId b = repository.branch("b", start, Map.of("CHANGES", "start\nb\n"));

        CommitId commit = joined(ConflictPolicy.STOP, head("a", a), head("b", b));

        assertThat(read(commit, "CHANGES")).isEqualTo("start\na\nb\n");
    }

    @Test
    void aNewFileBesideANewFolderOfItsNameIsLeftToGit() {
        Incoming file = head("f", repository.branch("file", start, Map.of("x", "file\n")));
        Incoming folder = head("d", repository.branch("folder", start, Map.of("x/y", "folder\n")));

        assertThat(join(start, ConflictPolicy.STOP, file, folder))
                .isInstanceOf(Joining.Conflict.class);
        assertThat(join(start, ConflictPolicy.STOP, folder, file))
                .isInstanceOf(Joining.Conflict.class);
        CommitId ours = joined(ConflictPolicy.OURS, file, folder);
        assertThat(read(ours, "x")).isEqualTo("file\n");
        CommitId theirs = joined(ConflictPolicy.THEIRS, file, folder);
        assertThat(read(theirs, "x/y")).isEqualTo("folder\n");
        assertThat(repository.files(theirs)).doesNotContain("~");
    }

    @Test
    void whatOneHeadTookBackOfACommonDependencyStaysTakenBack() {
        CommitId dependency = repository.branch("dep", start, Map.of("other", "changed\n"));
        CommitId back = repository.branch("back", dependency, Map.of("other", "other\n"));
        CommitId more = repository.branch("more", dependency, Map.of("more", "1"));

        CommitId commit = joined(ConflictPolicy.STOP, head("back", back), head("more", more));

        assertThat(read(commit, "other")).isEqualTo("other\n");
    }

    @Test
    void headsThatLeftFromDifferentPlacesAreEachComparedWithTheirOwn() {
        CommitId ahead =
                repository.branch(
                        "ahead", start, Map.of("other", "ahead\n", "README.md", "ahead\n"));
        CommitId early = repository.branch("early", start, Map.of("early", "1"));
        CommitId back = repository.branch("back", ahead, Map.of("other", "other\n"));

        Joining joining =
                join(ahead, ConflictPolicy.STOP, head("early", early), head("back", back));

        assertThat(joining)
                .isInstanceOfSatisfying(
                        Joining.Joined.class,
                        joined -> {
                            assertThat(read(joined.commit(), "other")).isEqualTo("other\n");
                            assertThat(read(joined.commit(), "README.md")).isEqualTo("ahead\n");
                        });
    }

    @Test
    void aRepositoryWithLongIdsIsJoinedToo() throws IOException {
        Path folder = Files.createDirectory(temporary.toRealPath().resolve("long"));
        scratch.gitIn(folder, "init", "-q", "-b", "trunk", "--object-format=sha256");
        ScratchRepository longer = ScratchRepository.at(folder, scratch);
        longer.write("start", "1");
        CommitId first = new CommitId(longer.commit("Start"));
        try (OpenedRepository opened = new OpenedRepository(longer)) {
            CommitId a = opened.branch("a", first, Map.of("a", "1"));
            CommitId b = opened.branch("b", first, Map.of("b", "1"));

            Joining joining =
                    new Merges(opened.git())
                            .join(
                                    new JoinOrder(
                                            opened.git().checkout(),
                                            first,
                                            List.of(head("a", a), head("b", b)),
                                            ConflictPolicy.STOP,
                                            OpenedRepository.AUTHORSHIP));

            assertThat(joining)
                    .isInstanceOfSatisfying(
                            Joining.Joined.class,
                            joined ->
                                    assertThat(opened.files(joined.commit()))
                                            .isEqualTo("a\nb\nstart"));
        }
    }

    // ---- conflicts

    @Test
    void aConflictTellsHowFarTheJoiningCame() {
        CommitId a = repository.branch("a", start, Map.of("other", "a\n"));
        CommitId b = repository.branch("b", start, Map.of("b", "1"));
        CommitId c = repository.branch("c", start, Map.of("other", "c\n"));
        CommitId d = repository.branch("d", start, Map.of("d", "1"));

        Joining joining =
                join(
                        start,
                        ConflictPolicy.STOP,
                        head("a", a),
                        head("b", b),
                        head("c", c),
                        head("d", d));

        assertThat(joining)
                .isInstanceOfSatisfying(
                        Joining.Conflict.class,
                        conflict -> {
                            assertThat(conflict.incoming().label()).isEqualTo("c");
                            assertThat(conflict.files()).containsExactly("other");
                            assertThat(conflict.merged()).containsExactly("a", "b");
                            assertThat(history(conflict.soFar()))
                                    .isEqualTo("Merge a: Title of a\nMerge b: Title of b");
                        });
    }

    @Test
    void aPolicySettlesConflictingPartsAndNoOthers() {
        CommitId a =
                repository.branch(
                        "a",
                        start,
                        Map.of("text", lines("1", "a", "3", "4", "5", "6", "a's", "8", "9")));
        CommitId b =
                repository.branch(
                        "b",
                        start,
                        Map.of("text", lines("1", "b", "3", "4", "5", "6", "7", "8", "b's")));

        assertThat(read(joined(ConflictPolicy.OURS, head("a", a), head("b", b)), "text"))
                .isEqualTo(lines("1", "a", "3", "4", "5", "6", "a's", "8", "b's"));
        assertThat(read(joined(ConflictPolicy.THEIRS, head("a", a), head("b", b)), "text"))
                .isEqualTo(lines("1", "b", "3", "4", "5", "6", "a's", "8", "b's"));
    }

    /// Makes two branches that do opposite things to the same paths: `ours` and `theirs`.
    private void opposites() throws IOException {
        scratch.write("kept or gone", "start\n");
        scratch.write("gone or kept", "start\n");
        Files.write(scratch.path().resolve("binary"), new byte[] {0, 1, 2});
        Files.createSymbolicLink(scratch.path().resolve("link"), Path.of("text"));
        scratch.write("mode", "start\n");
        scratch.write(".gitattributes", "whole -merge\n");
        scratch.write("whole", lines("1", "2", "3", "4", "5", "6", "7", "8", "9"));
        start = new CommitId(scratch.commit("Ground for opposites"));
        for (String side : List.of("ours", "theirs")) {
            boolean isOurs = side.equals("ours");
            scratch.git("checkout", "-q", "-b", side, start.value());
            scratch.write(isOurs ? "kept or gone" : "gone or kept", side + "\n");
            scratch.git("rm", "-q", isOurs ? "gone or kept" : "kept or gone");
            Files.write(
                    scratch.path().resolve("binary"), new byte[] {0, 1, (byte) (isOurs ? 8 : 9)});
            Files.delete(scratch.path().resolve("link"));
            Files.createSymbolicLink(scratch.path().resolve("link"), Path.of(side));
            scratch.write("mode", side + "\n");
            scratch.write(
                    "whole", lines(isOurs ? "one" : "1", side, "3", "4", "5", "6", "7", "8", "9"));
            scratch.write("made by both", "same\n" + side + "\n");
            if (isOurs) {
                scratch.write("file or link", "a file\n");
            } else {
                Files.createSymbolicLink(scratch.path().resolve("file or link"), Path.of("text"));
                assertThat(scratch.path().resolve("mode").toFile().setExecutable(true)).isTrue();
            }
            scratch.commit(side);
        }
        scratch.git("checkout", "-q", "trunk");
    }

    /// The files of a revision that are taken from one side or the other, never mixed.
    private String wholes(String revision) {
        return scratch.git(
                "ls-tree",
                "-r",
                revision,
                "binary",
                "link",
                "file or link",
                "kept or gone",
                "gone or kept",
                "whole");
    }

    @Test
    void whatIsNoTextGoesToTheChosenSideWhole() throws IOException {
        opposites();
        Incoming a = head("a", new CommitId(scratch.git("rev-parse", "ours")));
        Incoming b = head("b", new CommitId(scratch.git("rev-parse", "theirs")));

        CommitId ours = joined(ConflictPolicy.OURS, a, b);
        CommitId theirs = joined(ConflictPolicy.THEIRS, a, b);

        assertThat(wholes(ours.value())).isEqualTo(wholes("ours"));
        assertThat(wholes(theirs.value())).isEqualTo(wholes("theirs"));
        assertThat(read(ours, "made by both")).isEqualTo("same\nours\n");
        assertThat(read(theirs, "made by both")).isEqualTo("same\ntheirs\n");
        // only one side changed the mode, so that it is no conflict
        assertThat(scratch.git("ls-tree", ours.value(), "mode")).startsWith("100755");
        assertThat(read(ours, "mode")).isEqualTo("ours\n");
        assertThat(repository.files(ours)).doesNotContain("~");
        assertThat(repository.files(theirs)).doesNotContain("~");
    }

    @Test
    void aNewFileInAFolderThatTheOtherSideRenamedIsKeptByEitherPolicy() {
        scratch.write("old/one", lines("a", "b", "c", "d", "e", "f", "g", "h"));
        start = new CommitId(scratch.commit("Folder"));
        scratch.git("checkout", "-q", "-b", "renamed");
        scratch.git("mv", "old", "new");
        Incoming renamed = head("renamed", new CommitId(scratch.commit("Rename")));
        scratch.git("checkout", "-q", "trunk");
        Incoming added =
                head("added", repository.branch("added", start, Map.of("old/three", "3\n")));

        assertThat(join(start, ConflictPolicy.STOP, renamed, added))
                .isInstanceOf(Joining.Conflict.class);
        for (ConflictPolicy policy : List.of(ConflictPolicy.OURS, ConflictPolicy.THEIRS)) {
            assertThat(repository.files(joined(policy, renamed, added)))
                    .isEqualTo("README.md\nnew/one\nnew/three\nother\ntext");
        }
    }

    // ---- resolving

    private Joining.Conflict conflict() {
        CommitId a = repository.branch("coppice/j/1-a", start, Map.of("other", "a\n", "a", "1"));
        CommitId b = repository.branch("coppice/j/2-bü", start, Map.of("other", "b\n", "b", "1"));
        CommitId c = repository.branch("coppice/j/3-c", start, Map.of("c", "1"));
        return switch (join(
                start,
                ConflictPolicy.STOP,
                head("coppice/j/1-a", a),
                head("coppice/j/2-bü", b),
                head("coppice/j/3-c", c))) {
            case Joining.Conflict conflict -> conflict;
            case Joining.Joined joined -> throw new AssertionError(joined.toString());
        };
    }

    private Checkout resolverWorktree(Joining.Conflict conflict) {
        return repository
                .git()
                .worktrees()
                .add(
                        temporary.resolve("resolver"),
                        new BranchName("coppice/j/resolve"),
                        conflict.soFar());
    }

    @Test
    void aResolverFindsTheConflictAsGitMergeLeavesIt() throws IOException {
        scratch.git("config", "merge.conflictStyle", "diff3");
        Joining.Conflict conflict = conflict();
        Checkout worktree = resolverWorktree(conflict);

        assertThat(merges.prepare(worktree, conflict)).containsExactly("other");

        assertThat(worktree.folder().resolve("other"))
                .hasContent("<<<<<<< HEAD\na\n=======\nb\n>>>>>>> coppice/j/2-bü\n");
        assertThat(worktree.folder().resolve("b")).hasContent("1");
        assertThat(scratch.gitIn(worktree.folder(), "status", "--porcelain"))
                .isEqualTo("A  b\nUU other");
    }

    @Test
    void markersLeftBehindAreNoResolution() {
        Joining.Conflict conflict = conflict();
        Checkout worktree = resolverWorktree(conflict);
        merges.prepare(worktree, conflict);

        Resolution resolution =
                merges.conclude(
                        worktree,
                        conflict,
                        repository.order("coppice/j/resolve", conflict.soFar()));

        assertThat(resolution).isEqualTo(new Resolution.MarkersLeft(List.of("other")));
    }

    @Test
    void aResolutionIsAMergeThatTheRestGoesOnto() throws IOException {
        Joining.Conflict conflict = conflict();
        Checkout worktree = resolverWorktree(conflict);
        merges.prepare(worktree, conflict);
        // a heading that only looks like a part of a marker
        Files.writeString(worktree.folder().resolve("other"), "a and b\n=======\n");

        Resolution resolution =
                merges.conclude(
                        worktree,
                        conflict,
                        repository.order("coppice/j/resolve", conflict.soFar()));

        assertThat(resolution).isInstanceOf(Resolution.Resolved.class);
        CommitId resolved = ((Resolution.Resolved) resolution).commit();
        assertThat(scratch.git("log", "-1", "--format=%P", resolved.value()))
                .isEqualTo(conflict.soFar() + " " + conflict.incoming().commit());
        CommitId c = new CommitId(scratch.git("rev-parse", "coppice/j/3-c"));
        assertThat(join(resolved, ConflictPolicy.STOP, conflict.incoming(), head("c", c)))
                .isInstanceOfSatisfying(
                        Joining.Joined.class,
                        joined -> {
                            assertThat(joined.fates().get("coppice/j/2-bü"))
                                    .isEqualTo(Joining.Fate.ALREADY_CONTAINED);
                            assertThat(repository.files(joined.commit()))
                                    .isEqualTo("README.md\na\nb\nc\nother\ntext");
                            assertThat(read(joined.commit(), "other"))
                                    .isEqualTo("a and b\n=======\n");
                        });
    }

    @Test
    void aResolverThatCommittedTheMergeItselfIsBelieved() throws IOException {
        Joining.Conflict conflict = conflict();
        Checkout worktree = resolverWorktree(conflict);
        merges.prepare(worktree, conflict);
        ScratchRepository agent = ScratchRepository.at(worktree.folder(), scratch);
        agent.write("other", "both\n");
        String own = agent.commit("Resolved by the agent");

        Resolution resolution =
                merges.conclude(
                        worktree,
                        conflict,
                        repository.order("coppice/j/resolve", conflict.soFar()));

        assertThat(resolution)
                .isInstanceOfSatisfying(
                        Resolution.Resolved.class,
                        resolved ->
                                assertThat(
                                                scratch.git(
                                                        "log",
                                                        "-1",
                                                        "--format=%P",
                                                        resolved.commit().value()))
                                        .isEqualTo(own));
        assertThat(
                        repository
                                .git()
                                .commits()
                                .isContained(conflict.incoming().commit(), new CommitId(own)))
                .isTrue();
    }

    // ---- what it costs

    @Test
    void headsThatKeepClearCostThreeProcessesInAllAndOthersThreeEach() throws IOException {
        Path log = temporary.resolve("log");
        Path git = Files.createDirectory(temporary.resolve("bin")).resolve("git");
        String path = System.getenv("PATH");
        Files.writeString(
                git, "#!/bin/sh\necho >> '%s'\nPATH='%s' exec git \"$@\"\n".formatted(log, path));
        assertThat(git.toFile().setExecutable(true)).isTrue();
        List<Incoming> clear = new ArrayList<>();
        List<Incoming> others = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            String[] numbers = {"1", "2", "3", "4", "5", "6", "7", "8", "9"};
            clear.add(head("c" + i, repository.branch("c" + i, start, Map.of("c" + i, "x\n"))));
            numbers[i] = "by " + i;
            if (i % 3 == 0) {
                Map<String, String> edit = Map.of("text", lines(numbers));
                others.add(head("o" + i, repository.branch("o" + i, start, edit)));
            }
        }
        try (OpenedRepository counted =
                new OpenedRepository(scratch, Map.of("PATH", git.getParent() + ":" + path))) {
            Files.deleteIfExists(log);
            Merges counting = new Merges(counted.git());
            counting.join(order(counted, clear));
            assertThat(Files.readAllLines(log)).hasSize(3);

            Files.deleteIfExists(log);
            counting.join(order(counted, others));
            assertThat(Files.readAllLines(log)).hasSizeLessThanOrEqualTo(2 + 3 * others.size());
        }
    }

    private JoinOrder order(OpenedRepository in, List<Incoming> incoming) {
        return new JoinOrder(
                in.git().checkout(),
                start,
                incoming,
                ConflictPolicy.STOP,
                OpenedRepository.AUTHORSHIP);
    }

    // ---- many at once

    @Test
    void sixteenJoiningsAtOnceAllSucceed() throws InterruptedException, ExecutionException {
        List<Incoming> incoming = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            String file = i % 4 == 0 ? "text" : "file " + i;
            String[] numbers = {"1", "2", "3", "4", "5", "6", "7", "8", "9"};
            numbers[i / 2] = "by " + i;
            String content = i % 4 == 0 ? lines(numbers) : "x\n";
            incoming.add(head("t" + i, repository.branch("t" + i, start, Map.of(file, content))));
        }
        Incoming[] all = incoming.toArray(Incoming[]::new);
        String expected = scratch.git("rev-parse", joined(ConflictPolicy.STOP, all) + "^{tree}");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<CommitId>> joinings = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                joinings.add(
                        threads.submit(
                                () -> joined(ConflictPolicy.STOP, Arrays.copyOf(all, all.length))));
            }
            for (Future<CommitId> joining : joinings) {
                assertThat(scratch.git("rev-parse", joining.get() + "^{tree}")).isEqualTo(expected);
            }
        }
        assertThat(scratch.git("for-each-ref", "refs/coppice")).isEmpty();
    }
}
