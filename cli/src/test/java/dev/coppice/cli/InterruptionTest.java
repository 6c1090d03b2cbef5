package dev.coppice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InterruptionTest {
    private static final int TERM = 15;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final AtomicInteger laidDown = new AtomicInteger();
    private final Interruption interruption =
            new Interruption(
                    new Output(printed, printed), "all rests", laidDown::incrementAndGet, () -> {});

    @Test
    void aSignalThatComesBeforeTheJobBeginsLaysItDownAllTheSame() {
        interruption.happened(TERM);
        assertThat(laidDown).hasValue(1);

        interruption.catchUp();

        assertThat(laidDown).hasValue(2);
        assertThat(interruption.exitCode()).contains(143);
        assertThat(printed).hasToString("coppice: stopping: all rests; once more ends at once\n");
    }

    @Test
    void withoutASignalThereIsNothingToCatchUpWith() {
        interruption.catchUp();

        assertThat(laidDown).hasValue(0);
        assertThat(interruption.exitCode()).isEmpty();
    }
}
