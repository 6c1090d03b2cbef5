package dev.coppice.library.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import dev.coppice.library.session.Cascade.Level;
import dev.coppice.model.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CascadeTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    @TempDir Path scratch;

    private StandInClaude claude;
    private OrchestratorSession session;

    @BeforeEach
    void begin() {
        claude = new StandInClaude(scratch);
        session = claude.session();
    }

    @Test
    void theFirstLevelThatSucceedsIsTakenAndItIsSaidWhatWasGivenUp() throws Exception {
        // given
        Cascade cascade =
                new Cascade(
                                "do: if [ $COPPICE_TASK = cascade_slow ]; then sleep 600; else echo done; fi",
                                List.of(
                                        new Level("slow", Duration.ofSeconds(1), "everything"),
                                        new Level("quick", LONG, "the main points"),
                                        new Level("minimal", LONG, "anything")))
                        .withModels("opus", "haiku");

        // when
        Cascade.Result result = cascade.run(session);

        // then
        assertThat(result.isSuccess()).isTrue();
        assertThat(result.level().map(Level::name)).contains("quick");
        assertThat(result.result().output()).isEqualTo("done\n");
        assertThat(result.degradation()).contains("Degraded to level 2 (quick): the main points");
        assertThat(result.attempts()).extracting(ProcessResult::exitCode).containsExactly(-1, 0);
        assertThat(result.attempts().getFirst().reason()).contains(Reason.WALL_TIMEOUT);
        assertThat(claude.arguments("cascade_quick")).endsWith("--model", "haiku");
        assertThat(claude.wasStarted("cascade_minimal")).isFalse();
        assertThat(session.sessionLog()).content().contains("[WARNING] Degraded to level 2");
    }

    @Test
    void whereAllLevelsFailTheLastResultIsThere() throws Exception {
        // given
        Cascade cascade =
                new Cascade(
                        "do: exit 3",
                        List.of(new Level("a", LONG, "all"), new Level("b", LONG, "some")));

        // when
        Cascade.Result result = cascade.run(session);

        // then
        assertThat(result.isSuccess()).isFalse();
        assertThat(result.result().processId()).isEqualTo("cascade_b");
        assertThat(result.degradation()).contains("All cascade levels failed");
    }

    @Test
    void theStrategiesHaveThreeLevelsWithLessTimeEach() {
        for (Cascade.Strategy strategy : Cascade.Strategy.values()) {
            assertThat(Cascade.of("Any", strategy, Cascade.Timing.PATIENT).levels())
                    .extracting(Level::name, Level::timeout)
                    .containsExactly(
                            tuple("primary", Duration.ofSeconds(120)),
                            tuple("secondary", Duration.ofSeconds(30)),
                            tuple("tertiary", Duration.ofSeconds(10)));
        }
        assertThat(Cascade.of("Any").levels())
                .extracting(level -> level.timeout().toSeconds())
                .containsExactly(30L, 10L, 5L);
        assertThatIllegalArgumentException().isThrownBy(() -> new Cascade("Any", List.of()));
    }
}
