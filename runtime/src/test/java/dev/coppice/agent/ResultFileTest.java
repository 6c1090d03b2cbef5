package dev.coppice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.agent.ResultFile.Absent;
import dev.coppice.agent.ResultFile.Report;
import dev.coppice.agent.ResultFile.Unreadable;
import dev.coppice.model.Discovery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultFileTest {
    @TempDir Path directory;
    private Path file = Path.of("");

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("task_result.json");
    }

    private ResultFile read(String json) throws IOException {
        Files.writeString(file, json);
        return ResultFile.at(file);
    }

    private Report report(String json) throws IOException {
        ResultFile read = read(json);
        assertThat(read).isInstanceOf(Report.class);
        return (Report) read;
    }

    @Test
    void noFileIsNoReport() {
        assertThat(ResultFile.at(file)).isEqualTo(new Absent());
    }

    @Test
    void allOfItIsRead() throws IOException {
        Report report =
                report(
                        """
                        {"task_id": "t1", "status": "completed", "output": "fine",
                         "discoveries": ["D1", {"content": "发现", "tags": ["db", "slow"]}, "", 7, {}],
                         "files": ["a.txt", {"path": "b.txt"}], "files_created": ["c.txt"]}
                        """);

        assertThat(report.failure()).isEmpty();
        assertThat(report.output()).contains("fine");
        assertThat(report.discoveries())
                .containsExactly(
                        new Discovery("D1", List.of()),
                        new Discovery("发现", List.of("db", "slow")),
                        new Discovery("7", List.of()));
        assertThat(report.files()).containsExactly("a.txt", "b.txt", "c.txt");
        assertThat(report.json()).contains("\"task_id\"");
    }

    @Test
    void anEmptyObjectIsASuccessThatSaysNothing() throws IOException {
        assertThat(report("{}"))
                .isEqualTo(
                        new Report(
                                Optional.empty(),
                                Optional.empty(),
                                List.of(),
                                List.of(),
                                Set.of(),
                                "{}"));
    }

    @Test
    void aByteOrderMarkIsNoPartOfIt() throws IOException {
        assertThat(report("\ufeff{\"output\": \"done\"}").json())
                .isEqualTo("{\"output\": \"done\"}");
    }

    @Test
    void resultsAreNamedAndStandForTheOutput() throws IOException {
        Report report = report("{\"task_id\":\"t1\",\"results\":{\"code\":1,\"notes\":null}}");

        assertThat(report.results()).containsExactlyInAnyOrder("code", "notes");
        assertThat(report.output()).contains("{\"code\":1,\"notes\":null}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"completed", "success", "SUCCESS", " done "})
    void wordsOfSuccessAreSuccess(String status) throws IOException {
        assertThat(report("{\"status\":\"" + status + "\"}").failure()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"status\":\"failed\",\"error_message\":\"no disk\"} | no disk",
                "{\"status\":\"error\",\"error\":\"no disk\"} | no disk",
                "{\"status\":\"in_progress\"} | the agent's result says: status in_progress",
                "{\"status\":\"blocked\"} | the agent's result says: status blocked"
            })
    void anyOtherStatusIsAFailure(String json, String why) throws IOException {
        assertThat(report(json).failure()).contains(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{half", "[]", "\"text\"", "null", "{} trailing"})
    void whatIsNoObjectIsUnreadable(String json) throws IOException {
        assertThat(read(json)).isInstanceOf(Unreadable.class);
    }

    @Test
    void outputMayBeAnyJson() throws IOException {
        assertThat(report("{\"output\":{\"a\":[1]}}").output()).contains("{\"a\":[1]}");
        assertThat(report("{\"output\":null}").output()).isEmpty();
    }

    @Test
    void itsSizesAreBounded() throws IOException {
        assertThat(report("{\"discoveries\":[" + "\"d\",".repeat(500) + "\"d\"]}").discoveries())
                .hasSize(ResultFile.DISCOVERIES_MAX);
        assertThat(read("{\"output\":\"" + "x".repeat(ResultFile.BYTES_MAX) + "\"}"))
                .isInstanceOf(Unreadable.class);
    }

    @Test
    void aLinkAndAPipeAreNotOpened() throws IOException, InterruptedException {
        Path secret = directory.resolve("secret.json");
        Files.writeString(secret, "{\"output\":\"secret\"}");
        Files.createSymbolicLink(file, secret);
        assertThat(ResultFile.at(file)).isInstanceOf(Unreadable.class);

        Files.delete(file);
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
        assertThat(ResultFile.at(file)).isInstanceOf(Unreadable.class);
    }
}
