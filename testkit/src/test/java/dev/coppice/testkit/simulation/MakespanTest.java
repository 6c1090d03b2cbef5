package dev.coppice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.testkit.simulation.Makespan.Estimates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How near the schedule comes to the best there can be; the goals are those of the benchmarks.
class MakespanTest {
    @ParameterizedTest
    @ValueSource(ints = {4, 6, 8})
    void knownTimesAreScheduledAsWellAsCanBe(int slots) {
        assertThat(Makespan.overLowerBound(slots, Estimates.KNOWN)).isBetween(1.0, 1.01);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6, 8})
    void timesGuessedWrongByAFactorOfThreeAreScheduledNearlyAsWell(int slots) {
        assertThat(Makespan.overLowerBound(slots, Estimates.GUESSED)).isBetween(1.0, 1.07);
    }

    @Test
    void estimatesHelp() {
        assertThat(Makespan.overLowerBound(6, Estimates.KNOWN))
                .isLessThan(Makespan.overLowerBound(6, Estimates.ABSENT));
    }
}
