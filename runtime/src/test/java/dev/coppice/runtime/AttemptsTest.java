package dev.coppice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.JobId;
import dev.coppice.model.TaskId;
import dev.coppice.report.StatusText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What single attempts may rely on, and what is seen of them.
class AttemptsTest {
    @TempDir Path folder;

    @Test
    void whatARunningAttemptTakesIsSeenFromElsewhere() throws Exception {
        Scene scene = new Scene(folder, 3, "");
        Path go = folder.resolve("go");
        try (Coppice driving = scene.open();
                Coppice looking = scene.open()) {
            JobId job =
                    scene.submit(
                            driving,
                            """
                            goal: Wait
                            tasks:
                              - id: a
                                description: until [ -e '%s' ]; do sleep 0.05; done; echo a > a.txt
                            """
                                    .formatted(go));

            StatusText.Load load =
                    scene.awaiting(() ->
                            looking.view(job)
                                    .map(looking::loads)
                                    .flatMap(loads ->
                                            Optional.ofNullable(loads.get(new TaskId("a")))));

            assertThat(load.memoryBytes()).isPositive();
            Files.createFile(go);
            driving.await(job);
            assertThat(looking.loads(looking.view(job).orElseThrow())).isEqualTo(Map.of());
        }
    }
}
