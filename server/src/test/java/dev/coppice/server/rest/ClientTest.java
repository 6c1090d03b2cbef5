package dev.coppice.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.client.AuthenticationException;
import dev.coppice.client.ConflictException;
import dev.coppice.client.CoppiceClient;
import dev.coppice.client.InvalidRequestException;
import dev.coppice.client.JobOrder;
import dev.coppice.client.JobResults;
import dev.coppice.client.JobStatus;
import dev.coppice.client.NotFoundException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client and the server know the same words.
class ClientTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir Path folder;

    @Test
    void aJobIsStartedFollowedAndRead() throws Exception {
        try (Scene scene = new Scene(folder, "");
                CoppiceClient client = client(scene, Scene.KEY)) {
            List<String> seen = new ArrayList<>();

            String job = client.orchestrate(order("echo a > a.txt", "exit 3")).jobId();
            JobStatus last = client.await(job, LIMIT, status -> seen.add(status.status()));
            JobResults results = client.results(job);

            assertThat(last.status()).isEqualTo("partial");
            assertThat(last.progress().total()).isEqualTo(2);
            assertThat(seen.getLast()).isEqualTo("partial");
            assertThat(results.results().tasks())
                    .extracting(JobResults.TaskResult::status)
                    .containsExactly("success", "failed");
            assertThat(results.results().tasks().getFirst().filesCreated())
                    .containsExactly("a.txt");
            assertThat(Path.of(results.results().finalReport())).exists();
            assertThat(client.jobs(Optional.of("partial"), 10, 0).jobs())
                    .singleElement()
                    .satisfies(each -> assertThat(each.jobId()).isEqualTo(job));
            assertThat(client.server().jobs()).isEqualTo(1);
            assertThatThrownBy(() -> client.cancel(job)).isInstanceOf(ConflictException.class);

            client.retry(job, Optional.of(Duration.ofSeconds(30)));
            assertThat(client.await(job, LIMIT, _ -> {}).status()).isEqualTo("partial");
        }
    }

    @Test
    void aRunningJobIsCanceledAndHasNoResultsBefore() throws Exception {
        try (Scene scene = new Scene(folder, "");
                CoppiceClient client = client(scene, Scene.KEY)) {
            String job = client.orchestrate(order("sleep 600")).jobId();

            assertThatThrownBy(() -> client.results(job)).isInstanceOf(ConflictException.class);
            client.cancel(job);

            assertThat(client.await(job, LIMIT, _ -> {}).status()).isEqualTo("canceled");
        }
    }

    @Test
    void whatIsRefusedIsTold() throws Exception {
        try (Scene scene = new Scene(folder, "");
                CoppiceClient client = client(scene, Scene.KEY);
                CoppiceClient stranger = client(scene, "not-the-key")) {
            assertThatThrownBy(() -> client.status("0000000000zz"))
                    .isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> client.orchestrate(JobOrder.of("x").maxWorkers(0)))
                    .isInstanceOfSatisfying(
                            InvalidRequestException.class,
                            e ->
                                    assertThat(e.problem().orElseThrow().errors())
                                            .extracting(item -> item.place())
                                            .containsExactly("config.max_workers"));
            assertThatThrownBy(() -> stranger.orchestrate(order("true")))
                    .isInstanceOf(AuthenticationException.class);
        }
    }

    private static CoppiceClient client(Scene scene, String key) {
        return new CoppiceClient(scene.uri("").toString(), key);
    }

    private static JobOrder order(String... lines) {
        return JobOrder.of("Do it")
                .plan(
                        Map.of(
                                "tasks",
                                Arrays.stream(lines)
                                        .map(line -> Map.of("description", line))
                                        .toList()));
    }
}
