package dev.coppice.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The door of a process that is no service.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class WorkerDoorTest {
    @TempDir Path folder;

    /// A line whose worker calls its own status with this further word, and leaves what came of it in a file.
    private String calling(String word) {
        return "curl -s -o /dev/null -w '%%{http_code}' %s \"$COPPICE_API_URL/api/v1/jobs/$COPPICE_JOB/status\" > '%s'; echo \"$? $COPPICE_API_URL\" > '%s'"
                .formatted(word, folder.resolve("status"), folder.resolve("end"));
    }

    private String read(String file) throws Exception {
        return Files.readString(folder.resolve(file)).strip();
    }

    @Test
    void theWorkersThatRunHereAreKnownAndNobodyElse() throws Exception {
        try (Scene scene = new Scene(folder, "");
                WorkerDoor _ = scene.openWorkerDoor()) {
            scene.finished(scene.submit(calling("-H \"X-API-Key: $COPPICE_API_KEY\"")));
            assertThat(read("status")).isEqualTo("200");

            scene.finished(scene.submit(calling("")));
            assertThat(read("status")).isEqualTo("401");

            scene.finished(scene.submit(calling("-H 'X-API-Key: " + Scene.KEY + "'")));
            assertThat(read("status")).isEqualTo("401");
        }
    }

    @Test
    void whereItsServerCantStartWorkersAreRefusedAndDoNotHang() throws Exception {
        try (Scene scene = new Scene(folder, "");
                WorkerDoor _ = scene.openWorkerDoor()) {
            Files.delete(scene.logs().resolve("audit.jsonl"));
            Files.delete(scene.logs());

            scene.finished(scene.submit(calling("")));

            assertThat(read("status")).isEqualTo("000");
            assertThat(read("end")).doesNotStartWith("0 ");
        }
    }

    private static void send(Socket caller, String text) throws IOException {
        caller.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void itIsClosedAlsoWhileSomebodyCalls() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            Socket caller;
            try (WorkerDoor _ = scene.openWorkerDoor()) {
                scene.finished(scene.submit(calling("")));
                URI door = URI.create(read("end").split(" ")[1]);
                caller = new Socket(door.getHost(), door.getPort());
                caller.setSoTimeout(120_000);
                send(caller, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(caller.getInputStream().read()).isEqualTo('H');
                send(caller, "POST /api/v1/orchestrate HTTP/1.1\r\nHost: loc");
            }
            try (caller) {
                assertThat(RawCall.rest(caller)).startsWith("TTP/1.1 200");
            }
        }
    }
}
