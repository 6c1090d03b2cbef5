package dev.coppice.bench;

import dev.coppice.git.BranchName;
import dev.coppice.git.RefUpdate;
import dev.coppice.merge.ConflictPolicy;
import dev.coppice.merge.Incoming;
import dev.coppice.merge.JoinOrder;
import dev.coppice.merge.Joining;
import dev.coppice.merge.Merges;
import dev.coppice.model.CommitId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A hundred finished branches become one.
///
/// @param files of the repository
record Integration(int files, Goal goal) implements Row {
    private static final int BRANCHES = 100;

    /// Merging by hand costs the same for each branch, so fewer tell it.
    private static final int BY_HAND = 15;

    private static final int ROUNDS = 3;

    @Override
    public int number() {
        return 3;
    }

    @Override
    public String what() {
        return "%d finished branches integrated, %,d files".formatted(BRANCHES, files);
    }

    @Override
    public String against() {
        return "git merge in a worktree, the first %d of them".formatted(BY_HAND);
    }

    @Override
    public String unit() {
        return "ms a branch";
    }

    @Override
    public Measurement measure(Bench bench) throws Exception {
        GitScene scene = bench.repository(files);
        CommitId base = scene.head();
        List<Incoming> branches = new ArrayList<>();
        for (int i = 0; i < BRANCHES; i++) {
            String name = "task-" + i;
            String head =
                    scene.scratch().branch(name, base.value(), Map.of("made-" + i, "by " + i));
            branches.add(new Incoming(name, new CommitId(head), "Task " + i, List.of()));
        }
        Path worktree = bench.folder().resolve("merged");
        scene.scratch().git("worktree", "add", "-q", "--detach", worktree.toString());
        int[] results = {0};
        return bench.inTurns(
                ROUNDS,
                () -> join(scene, base, branches, new BranchName("result-" + results[0]++)),
                () -> merge(scene, base, branches, worktree));
    }

    private static double join(
            GitScene scene, CommitId base, List<Incoming> branches, BranchName result)
            throws Exception {
        JoinOrder order =
                new JoinOrder(
                        scene.git().checkout(),
                        base,
                        branches,
                        ConflictPolicy.STOP,
                        GitScene.AUTHORSHIP);
        return Bench.millis(() -> {
            switch (new Merges(scene.git()).join(order)) {
                case Joining.Joined joined ->
                        scene.git()
                                .refs()
                                .update(List.of(RefUpdate.create(result.ref(), joined.commit())));
                case Joining.Conflict conflict ->
                        throw new IllegalStateException(conflict.toString());
            }
        })
                / branches.size();
    }

    private static double merge(
            GitScene scene, CommitId base, List<Incoming> branches, Path worktree)
            throws Exception {
        scene.scratch().gitIn(worktree, "reset", "-q", "--hard", base.value());
        return Bench.millis(() -> {
            for (Incoming branch : branches.subList(0, BY_HAND)) {
                scene.scratch()
                        .gitIn(
                                worktree,
                                "merge",
                                "-q",
                                "--no-ff",
                                "-m",
                                branch.title(),
                                branch.label());
            }
        })
                / BY_HAND;
    }
}
