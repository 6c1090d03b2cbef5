package dev.coppice.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.git.OpenedRepository;
import dev.coppice.model.CommitId;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Joining many heads in groups gives what `git merge` gives, one after another: the same files, and a conflict at the
/// same head.
class MergesAgainstGitTest {
    private static final int BRANCHES = 7;
    private static final List<String> NAMES =
            List.of("a", "b", "dir/a", "dir/b", "dir/sub/c", "dir2/a", "dir2/b", "new", "new/x");

    @TempDir private Path temporary;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theOutcomeIsThatOfGitMerge(long seed) throws IOException {
        Random random = new Random(seed);
        ScratchRepository scratch =
                ScratchRepository.unborn(temporary.toRealPath().resolve("repo"));
        for (String name : NAMES.subList(0, 7)) {
            scratch.write(name, (name + " line\n").repeat(12));
        }
        CommitId start = new CommitId(scratch.commit("Start"));
        List<Incoming> incoming = new ArrayList<>();
        for (int i = 0; i < BRANCHES; i++) {
            boolean isOnAnother = i > 0 && random.nextInt(4) == 0;
            String base = isOnAnother ? "t" + random.nextInt(i) : start.value();
            scratch.git("checkout", "-q", "-b", "t" + i, base);
            for (int edit = random.nextInt(3); edit >= 0; edit--) {
                edit(scratch, random, i);
            }
            incoming.add(
                    new Incoming(
                            "t" + i, new CommitId(scratch.commit("Work " + i)), "x", List.of()));
        }
        scratch.git("checkout", "-q", "-b", "reference", start.value());

        String stoppedAt = "";
        try (OpenedRepository repository = new OpenedRepository(scratch)) {
            Joining joining =
                    new Merges(repository.git())
                            .join(
                                    new JoinOrder(
                                            repository.git().checkout(),
                                            start,
                                            incoming,
                                            ConflictPolicy.STOP,
                                            OpenedRepository.AUTHORSHIP));
            CommitId reached =
                    switch (joining) {
                        case Joining.Joined(CommitId commit, var _) -> commit;
                        case Joining.Conflict conflict -> {
                            stoppedAt = conflict.incoming().label();
                            yield conflict.soFar();
                        }
                    };
            assertThat(stoppedAt).isEqualTo(mergeByHand(scratch, incoming));
            assertThat(scratch.git("diff", "--stat", "reference", reached.value())).isEmpty();
        }
    }

    /// Merges those heads that no other contains, and gives the label of the one in conflict, if any.
    private static String mergeByHand(ScratchRepository scratch, List<Incoming> incoming) {
        List<String> command = new ArrayList<>(List.of("merge-base", "--independent"));
        incoming.forEach(one -> command.add(one.commit().value()));
        List<String> independent = scratch.git(command.toArray(String[]::new)).lines().toList();
        for (Incoming one : incoming) {
            if (independent.contains(one.commit().value())) {
                try {
                    scratch.git("merge", "-q", "--no-ff", "-m", "x", one.commit().value());
                } catch (IllegalStateException conflict) {
                    scratch.git("merge", "--abort");
                    return one.label();
                }
            }
        }
        return "";
    }

    private static void edit(ScratchRepository scratch, Random random, int branch)
            throws IOException {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        Path file = scratch.path().resolve(name);
        switch (random.nextInt(6)) {
            case 0 -> {
                if (Files.isRegularFile(file)) {
                    Files.delete(file);
                }
            }
            case 1 -> {
                Path to = scratch.path().resolve("moved-" + random.nextInt(3)).resolve("to");
                if (Files.isRegularFile(file) && !Files.exists(to)) {
                    Files.createDirectories(to.getParent());
                    Files.move(file, to);
                }
            }
            case 2 -> scratch.write("own-" + branch + "/file", "own\n");
            case 3 -> scratch.write("dir/added-" + branch, "added\n");
            default -> {
                if (Files.isRegularFile(file)) {
                    List<String> lines = new ArrayList<>(Files.readAllLines(file));
                    lines.set(random.nextInt(lines.size()), "line by " + random.nextInt(2));
                    Files.write(file, lines);
                } else if (!Files.exists(file) && !Files.isRegularFile(file.getParent())) {
                    scratch.write(name, ("fresh " + random.nextInt(2) + "\n").repeat(12));
                }
            }
        }
    }
}
