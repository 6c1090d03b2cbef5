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

class RefsTest {
    @TempDir private Path home;
    private OpenedRepository repository;
    private Refs refs;
    private CommitId start;

    @BeforeEach
    void open() {
        repository = new OpenedRepository(ScratchRepository.in(home.resolve("repo")));
        refs = repository.git().refs();
        start = repository.head();
    }

    @AfterEach
    void close() {
        repository.close();
    }

    @Test
    void aRevisionIsResolvedToTheCommitItNames() {
        repository.scratch().git("tag", "-a", "v1", "-m", "first");

        assertThat(refs.resolve("v1")).contains(start);
        assertThat(refs.resolve("HEAD")).contains(start);
        assertThat(refs.resolve("nothing")).isEmpty();
        assertThat(refs.resolve("--all")).isEmpty();
        assertThat(refs.resolve("HEAD:README.md")).isEmpty();
    }

    @Test
    void refsBelowAFolderAreListedWithTheirCommits() {
        CommitId one = repository.branch("coppice/j/1-a", start, Map.of("a", "1"));
        CommitId two = repository.branch("coppice/j/2-ü", start, Map.of("b", "1"));

        assertThat(refs.under("refs/heads/coppice/j/"))
                .containsExactly(
                        Map.entry(new RefName("refs/heads/coppice/j/1-a"), one),
                        Map.entry(new RefName("refs/heads/coppice/j/2-ü"), two));
        assertThat(refs.under("refs/heads/none/")).isEmpty();
    }

    @Test
    void aBranchThatIsAFolderOfTheWantedOneIsFound() {
        assertThat(refs.blocking(new BranchName("coppice/j/1-a"))).isEmpty();

        repository.branch("coppice", start, Map.of("a", "1"));

        assertThat(refs.blocking(new BranchName("coppice/j/1-a")))
                .contains(new BranchName("coppice"));
        assertThat(refs.blocking(new BranchName("coppice"))).isEmpty();
    }

    @Test
    void theDefaultBranchIsTheOneStoodOnElseTheOneThatIsUsual() {
        assertThat(refs.defaultBranch()).contains(new BranchName("trunk"));

        repository.scratch().git("branch", "master");
        repository.scratch().git("checkout", "-q", "--detach");
        assertThat(refs.defaultBranch()).contains(new BranchName("master"));

        repository.scratch().git("config", "init.defaultBranch", "trunk");
        assertThat(refs.defaultBranch()).contains(new BranchName("trunk"));

        repository.branch("develop", start, Map.of("a", "1"));
        repository
                .scratch()
                .git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/develop");
        assertThat(refs.defaultBranch()).contains(new BranchName("develop"));
    }

    @Test
    void refsMoveTogetherOrNotAtAll() {
        RefName one = new RefName("refs/heads/one");
        RefName two = new RefName("refs/heads/two");
        CommitId other = repository.branch("other", start, Map.of("a", "1"));
        assertThat(refs.update(List.of(RefUpdate.create(one, start), RefUpdate.create(two, start))))
                .isEqualTo(new RefsUpdated.Done());

        RefsUpdated stale =
                refs.update(
                        List.of(
                                RefUpdate.move(one, start, other),
                                RefUpdate.move(two, other, start)));

        assertThat(stale).isInstanceOf(RefsUpdated.Refused.class);
        assertThat(refs.commit(one)).contains(start);
        assertThat(refs.update(List.of(RefUpdate.create(one, other))))
                .isInstanceOf(RefsUpdated.Refused.class);
        assertThat(refs.update(List.of(RefUpdate.delete(two, start))))
                .isEqualTo(new RefsUpdated.Done());
        assertThat(refs.commit(two)).isEmpty();
    }

    @Test
    void aBranchThatIsCheckedOutOrOnHoldNeverMoves() {
        ScratchRepository scratch = repository.scratch();
        CommitId other = repository.branch("other", start, Map.of("README.md", "theirs"));
        RefName trunk = new RefName("refs/heads/trunk");
        RefName held = new RefName("refs/heads/held");

        assertThat(refs.update(List.of(RefUpdate.move(trunk, start, other))))
                .isInstanceOfSatisfying(
                        RefsUpdated.Refused.class,
                        refused ->
                                assertThat(refused.reason()).contains(scratch.path().toString()));
        assertThat(scratch.head()).isEqualTo(start.value());

        scratch.git("checkout", "-q", "-b", "held");
        scratch.write("README.md", "mine");
        CommitId mine = new CommitId(scratch.commit("Mine"));
        try {
            scratch.git("rebase", "-q", "other");
        } catch (IllegalStateException expected) {
            assertThat(expected).hasMessageContaining("CONFLICT");
        }
        assertThat(refs.update(List.of(RefUpdate.move(held, mine, start))))
                .isInstanceOf(RefsUpdated.Refused.class);
    }

    @Test
    void aBranchIsDeletedOnlyOnceItsWorkIsInTheTarget() {
        CommitId work = repository.branch("work", start, Map.of("a", "1"));
        BranchName branch = new BranchName("work");

        assertThat(refs.deleteContained(branch, start)).isInstanceOf(RefsUpdated.Refused.class);
        assertThat(refs.commit(branch.ref())).contains(work);
        assertThat(refs.deleteContained(branch, work)).isEqualTo(new RefsUpdated.Done());
        assertThat(refs.commit(branch.ref())).isEmpty();
        assertThat(refs.deleteContained(branch, work)).isInstanceOf(RefsUpdated.Refused.class);
    }
}
