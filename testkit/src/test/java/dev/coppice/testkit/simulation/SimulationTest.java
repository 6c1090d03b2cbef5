package dev.coppice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Jobs through whatever weather their seeds bring. `-Dsim.jobs=100000` runs more of them,
/// `-Dsim.seed=133` one alone.
class SimulationTest {
    private static final long FIRST_SEED = 1;

    @Test
    void everyJobKeepsTheLawsAndComesToItsEnd() {
        Long seed = Long.getLong("sim.seed");
        if (seed != null) {
            Simulation.run(seed);
            return;
        }
        long count = Long.getLong("sim.jobs", 2_000);
        for (long next = FIRST_SEED; next < FIRST_SEED + count; next++) {
            Simulation.run(next);
        }
    }

    @Test
    void oneSeedTellsTheSameStoryTwice() {
        for (long seed = 1; seed <= 20; seed++) {
            List<?> story = Simulation.run(seed);
            assertThat(Simulation.run(seed)).isEqualTo(story);
            assertThat(story).hasSizeGreaterThan(5);
        }
    }
}
