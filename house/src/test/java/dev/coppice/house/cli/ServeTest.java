package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.client.AuthenticationException;
import dev.coppice.client.CoppiceClient;
import dev.coppice.client.JobOrder;
import dev.coppice.client.JobStatus;
import dev.coppice.house.cli.Program.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `serve` and `keys`, as a user starts them.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ServeTest {
    private static final Duration HANGS = Duration.ofMinutes(4);
    private static final Pattern SERVING =
            Pattern.compile("^serving at (http://127\\.0\\.0\\.1:\\d+) ", Pattern.MULTILINE);
    private static final String SECRET = "not-in-any-document-and-long-enough-0123456789";

    @TempDir Path folder;
    private Scene scene;
    private Scene server;
    private Optional<Process> serving = Optional.empty();

    @BeforeEach
    void begin() throws IOException {
        scene = Scene.in(folder);
        server = scene.second().with("HOME", folder.resolve("program/home").toString());
    }

    @AfterEach
    void end() throws InterruptedException {
        if (serving.isPresent()) {
            serving.get().destroy();
            serving.get().waitFor();
        }
    }

    /// Starts the server and returns its address, once it is printed.
    private String serve(String... options) throws IOException {
        String[] words =
                Stream.concat(Stream.of("serve"), Stream.of(options)).toArray(String[]::new);
        serving = Optional.of(server.start(words));
        Scene.await(() -> SERVING.matcher(server.program().printed("out")).find() || hasEnded());
        Matcher printed = SERVING.matcher(server.program().printed("out"));
        assertThat(printed.find()).as(server.program().printed("err")).isTrue();
        return printed.group(1);
    }

    private boolean hasEnded() {
        return !serving.map(Process::isAlive).orElse(false);
    }

    private Path home() {
        return folder.resolve("program/home/.coppice");
    }

    @Test
    void aServerOnAFreePortTellsItsAddressAndMakesItsUserAKey() throws Exception {
        String address = serve("--port", "0");

        Path file = home().resolve("server.key");
        String key = Files.readString(file).strip();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (CoppiceClient client = new CoppiceClient(address, key);
                CoppiceClient stranger = new CoppiceClient(address, key + "x")) {
            assertThat(client.server().jobs()).isZero();
            assertThatThrownBy(stranger::server).isInstanceOf(AuthenticationException.class);
        }
        assertThat(server.program().printed("err")).doesNotContain("warning");
    }

    @Test
    void fromOtherMachinesAServerIsReachedOnlyByAKeyThatCannotBeGuessed() throws Exception {
        String everywhere = "api: { host: 0.0.0.0, port: 0, api_key: '%s' }\n";
        for (Map.Entry<String, String> wrong :
                Map.of(
                                "api: { host: 0.0.0.0, port: 0 }\n",
                                "coppice keys add",
                                everywhere.formatted("your-secure-api-key"),
                                "stands in documents",
                                everywhere.formatted("a-key-of-thirty-one-characters!"),
                                "fewer than 32")
                        .entrySet()) {
            scene.configure(Scene.CONFIGURATION + wrong.getKey());

            Result refused = scene.run("serve");

            assertThat(refused.code()).as(wrong.getKey()).isEqualTo(2);
            assertThat(refused.err()).contains(wrong.getValue());
        }
    }

    @Test
    void onLoopbackAWeakKeyIsWarnedOfAndSoIsOneThatGitTracks() throws Exception {
        scene.configure(Scene.CONFIGURATION + "api: { api_key: your-api-key }\n");

        String address = serve("--port", "0");

        assertThat(server.program().printed("err"))
                .contains("warning: api.api_key is an example that stands in documents")
                .containsPattern("warning: .*coppice\\.yaml.*git");
        try (CoppiceClient client = new CoppiceClient(address, "your-api-key")) {
            assertThat(client.server().jobs()).isZero();
        }
    }

    @Test
    void keysAreMadeListedRotatedAndRevokedWhileTheServerRuns() throws Exception {
        String address = serve("--port", "0");

        String made = scene.run("keys", "add", "ci", "--scope", "read").out().strip();
        assertThat(isLetIn(address, made)).isTrue();
        String rotated = scene.run("keys", "rotate", "ci").out().strip();
        assertThat(isLetIn(address, made)).isFalse();
        assertThat(isLetIn(address, rotated)).isTrue();

        assertThat(scene.run("keys").out()).contains("ci", "read").doesNotContain(rotated);
        assertThat(scene.run("keys", "add", "ci").code()).isEqualTo(2);
        assertThat(scene.run("keys", "add", "x", "--scope", "root").code()).isEqualTo(2);
        assertThat(scene.run("keys", "rotate", "nobody").code()).isEqualTo(3);
        Path ring = home().resolve("keys.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ring)))
                .isEqualTo("rw-------");
        assertThat(ring).content().contains("sha256").doesNotContain(made, rotated);

        assertThat(scene.run("keys", "revoke", "ci").code()).isZero();
        assertThat(isLetIn(address, rotated)).isFalse();
    }

    private static boolean isLetIn(String address, String key) throws InterruptedException {
        try (CoppiceClient client = new CoppiceClient(address, key)) {
            client.server();
            return true;
        } catch (AuthenticationException refused) {
            return false;
        }
    }

    @Test
    void aServerThatIsToldToStopLaysItsJobsDownAndTheNextTakesThemUp() throws Exception {
        Path gate = Files.createFile(folder.resolve("gate"));
        Path began = folder.resolve("began");
        String line =
                "echo x >> '%s'; while [ -e '%s' ]; do sleep 0.05; done; echo x > a.txt"
                        .formatted(began, gate);
        String job = submit(serve("--port", "0"), line);
        Scene.await(() -> Files.exists(began) && Files.size(began) > 0);

        // when
        Process first = serving.orElseThrow();
        first.destroy();

        // then
        assertThat(first.waitFor()).isZero();
        assertThat(scene.program().processesWith("COPPICE_JOB=" + job)).isEmpty();
        assertThat(scene.run("status").out()).contains("interrupted");
        Files.delete(gate);
        try (CoppiceClient client = new CoppiceClient(serve("--port", "0"), key())) {
            JobStatus ended = client.await(job, HANGS, _ -> {});
            assertThat(ended.status()).isEqualTo("completed");
        }
        assertThat(Files.readAllLines(began)).hasSize(2);
    }

    private String key() throws IOException {
        return Files.readString(home().resolve("server.key")).strip();
    }

    private String submit(String address, String line) throws Exception {
        try (CoppiceClient client = new CoppiceClient(address, key())) {
            return client.orchestrate(
                            JobOrder.of("Do it")
                                    .plan(Map.of("tasks", List.of(Map.of("description", line)))))
                    .jobId();
        }
    }

    @Test
    void p18TheKeyIsInNoFileAndNoArgumentList() throws Exception {
        scene.configure(
                Scene.CONFIGURATION + "api: { port: 0, api_key: \"${COPPICE_SERVER_KEY}\" }\n");
        server.with("COPPICE_SERVER_KEY", SECRET);
        Path seen = folder.resolve("seen");
        Path gate = Files.createFile(folder.resolve("gate"));
        // an agent may look at all that it can, and say it
        String line =
                "env; cat /proc/*/cmdline | tr '\\0' ' '; touch '%s'; while [ -e '%s' ]; do sleep 0.05; done"
                        .formatted(seen, gate);
        String address = serve();

        String job;
        try (CoppiceClient client = new CoppiceClient(address, SECRET)) {
            job =
                    client.orchestrate(
                                    JobOrder.of("Look around")
                                            .plan(
                                                    Map.of(
                                                            "tasks",
                                                            List.of(Map.of("description", line)))))
                            .jobId();
            Scene.await(() -> Files.exists(seen));
            assertThat(processesThatShow(SECRET)).isEmpty();
            Files.delete(gate);
            assertThat(client.await(job, HANGS, _ -> {}).status()).isEqualTo("completed");
        }
        end(); // so that no file comes or goes while all are looked at

        assertThat(scene.folderOf(job).resolve("depth_0/worker_1/attempt_1/output.log"))
                .content()
                .contains("COPPICE_JOB=" + job);
        assertThat(scene.repository().path().resolve(".git/coppice/coppice.db")).isNotEmptyFile();
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(
                                        scene.repository()
                                                .path()
                                                .resolve(".coppice/logs/coppice.jsonl"))))
                .isEqualTo("rw-------");
        assertThat(scene.repository().path().resolve(".coppice/logs/audit.jsonl"))
                .content()
                .contains("\"job\":\"" + job + "\"");
        assertThat(filesWith(SECRET)).isEmpty();
    }

    private static List<String> processesThatShow(String secret) {
        return ProcessHandle.allProcesses()
                .map(process -> contentOf(Path.of("/proc/" + process.pid() + "/cmdline")))
                .filter(line -> line.contains(secret))
                .toList();
    }

    private List<Path> filesWith(String secret) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> contentOf(file).contains(secret))
                    .toList();
        }
    }

    private static String contentOf(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
