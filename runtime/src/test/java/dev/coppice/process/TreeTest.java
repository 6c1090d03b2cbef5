package dev.coppice.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TreeTest {
    private static final int TERM = 128 + 15;
    private static final Duration GRACE = Duration.ofMillis(1);

    /// On a machine that is so slow, or was halted just then.
    @Test
    void whoIsEndedIsAskedToFirstAlsoWhereALookTakesLongerThanTheGrace() throws Exception {
        assumeTrue(ProcFiles.exist());
        Marker marker = new Marker("COPPICE_TEST_MARK", UUID.randomUUID().toString());
        ProcessBuilder builder = new ProcessBuilder("sleep", "600");
        builder.environment().put(marker.name(), marker.value());
        Process sleep = builder.start();
        while (!Survivors.of(marker).contains(sleep.pid())) {
            Thread.onSpinWait(); // its environment is seen a moment after it was started
        }

        Tree tree = new Tree(new ProcessTable(new SlowFiles()), Optional.empty(), marker);
        Tree.Felled felled = tree.end(GRACE, 0, () -> false);

        assertThat(felled).isEqualTo(new Tree.Felled(1, 0));
        assertThat(sleep.waitFor()).isEqualTo(TERM);
    }

    private static final class SlowFiles implements ProcessTable.Source {
        private final ProcFiles files = new ProcFiles();

        @Override
        public List<ProcessTable.Row> rows() {
            long begin = System.nanoTime();
            while (System.nanoTime() - begin <= GRACE.toNanos()) {
                Thread.onSpinWait();
            }
            return files.rows();
        }

        @Override
        public Optional<ProcessTable.Row> row(long pid) {
            return files.row(pid);
        }

        @Override
        public byte[] environment(long pid) {
            return files.environment(pid);
        }

        @Override
        public Optional<List<Long>> adopted() {
            return files.adopted();
        }

        @Override
        public String bootId() {
            return files.bootId();
        }

        @Override
        public long ticksPerSecond() {
            return files.ticksPerSecond();
        }
    }
}
