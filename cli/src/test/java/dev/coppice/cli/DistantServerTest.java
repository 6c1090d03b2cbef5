package dev.coppice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.model.JobId;
import dev.coppice.runtime.Surroundings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// A server that is not there.
class DistantServerTest {
    private static final JobId JOB = new JobId("0123456789ab");

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final AtomicInteger looks = new AtomicInteger();

    @Test
    void whoFollowsAJobWaitsTwoMinutesAndIsToldHowToLookAgain() throws IOException {
        try (Socket silent = silent();
                DistantServer server =
                        DistantServer.of(world(silent.getLocalPort())).orElseThrow()) {
            server.follow(JOB, new Output(printed, printed));

            assertThatThrownBy(() -> server.read(JOB, 0))
                    .isInstanceOfSatisfying(
                            CommandFailure.class,
                            failure -> assertThat(failure.code()).isEqualTo(ExitCode.UNUSABLE))
                    .hasMessageContaining("coppice watch 0123456789ab");
        }
        assertThat(looks).hasValue(2);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .isEqualTo("coppice: The server is away. Waiting for it, two minutes at most.\n");
    }

    /// In which between two looks at the clock two minutes pass.
    private Surroundings world(int port) {
        return new Surroundings(
                Path.of("/"),
                Path.of("/"),
                Map.of("COPPICE_API_URL", "http://127.0.0.1:" + port, "COPPICE_API_KEY", "key"),
                Optional.empty(),
                () -> Instant.EPOCH.plusSeconds(120L * looks.getAndIncrement()));
    }

    /// A port at which nobody answers, nor anybody else can begin to.
    private static Socket silent() throws IOException {
        Socket silent = new Socket();
        silent.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return silent;
    }
}
