package dev.coppice.library.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PythonValuesTest {
    @Test
    void g1_hashesEqualPythons() {
        Map<String, Integer> other = new LinkedHashMap<>();
        other.put("b", 2);
        other.put("a", 1);

        assertThat(Orchestration.computeHash(Map.of("a", 1, "b", 2)))
                .isEqualTo(Orchestration.computeHash(other))
                .isEqualTo("d8497d9d82770a70729261095aa98f7ef5154d7af499f8037b6ca250296785a6");
        assertThat(Orchestration.computeHash("test string"))
                .isEqualTo("d5579c46dfcc7f18207013e65b44e4cb4e2c2298f4ac457ba8f82743f31e930b");
    }

    @Test
    void g2_anEnvelopesInputHashEqualsPythons() {
        Map<String, Object> inputs = new LinkedHashMap<>();
        inputs.put("x", 1.0);
        inputs.put("y", List.of(1, 2));

        assertThat(HandoffEnvelope.of("t1", "a", "Café ☕", inputs).inputHash())
                .isEqualTo("52e2361a7775a840b2882f96db5a895ae49cdb8e4cc8d6d1a498ceb14b1747ae");
    }

    @Test
    void g3_aTimestampIsInUtcToTheMicrosecond() {
        assertThat(Orchestration.getTimestamp())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
    }

    @Test
    void g4_anEnvelopeComesBackFromItsJsonAsItWas() {
        HandoffEnvelope envelope =
                Orchestration.buildEnvelope("a", "Test it", Map.of("n", 1, "f", 0.5, "t", "é😀"))
                        .withAgentType(AgentType.TESTER)
                        .withTimeout(Duration.ofMinutes(1))
                        .withExpectedOutputs("report")
                        .withRetryConfig(RetryConfig.retries(5).withBackoffFactor(2.0))
                        .withMetadata(Map.of("ticket", List.of(1, 2)));

        assertThat(HandoffEnvelope.fromJson(envelope.toJson())).isEqualTo(envelope);
        assertThat(envelope.toJson())
                .startsWith("{\n  \"task_id\": \"a_")
                .contains(
                        "\"agent_type\": \"tester\"",
                        "\"timeout_seconds\": 60,",
                        "\\u00e9\\ud83d\\ude00");
    }

    @Test
    void theKeysStandInTheDocumentsOrder() {
        ProvenanceInfo provenance =
                new ProvenanceInfo(
                        "t",
                        "a",
                        "b",
                        Instant.EPOCH,
                        Optional.empty(),
                        "in",
                        Optional.empty(),
                        List.of(),
                        0,
                        Optional.empty());
        TaskResult failed =
                new TaskResult(
                        "t",
                        "a",
                        TaskStatus.FAILED,
                        Map.of(),
                        Optional.of("no disk"),
                        Optional.of(provenance),
                        Duration.ofSeconds(1));
        AggregatedResults all = Orchestration.aggregateResults(List.of(failed));

        assertThat(keys(HandoffEnvelope.of("t", "a", "Do it", Map.of()).toJson(), 1))
                .containsExactly(
                        "task_id",
                        "agent_name",
                        "agent_type",
                        "task_description",
                        "inputs",
                        "context",
                        "constraints",
                        "expected_outputs",
                        "timeout_seconds",
                        "retry_config",
                        "metadata");
        assertThat(keys(PythonJson.indented(failed.toMap()), 1))
                .containsExactly(
                        "task_id",
                        "agent_name",
                        "status",
                        "outputs",
                        "error_message",
                        "provenance",
                        "execution_time_seconds");
        assertThat(keys(PythonJson.indented(provenance.toMap()), 1))
                .containsExactly(
                        "task_id",
                        "agent_name",
                        "branch_name",
                        "started_at",
                        "completed_at",
                        "input_hash",
                        "output_hash",
                        "command_history",
                        "retry_count",
                        "worktree_path");
        assertThat(keys(all.toJson(), 1))
                .containsExactly(
                        "total_tasks",
                        "successful",
                        "failed",
                        "timeout",
                        "total_execution_time",
                        "wall_clock_time",
                        "results_by_agent",
                        "all_outputs",
                        "provenance_records",
                        "errors",
                        "success_rate");
        assertThat(keys(all.toJson(), 3))
                .startsWith("status", "outputs", "execution_time")
                .endsWith("agent", "task_id", "error");
    }

    /// The keys of the objects that stand so deep in a JSON text, in its order.
    private static List<String> keys(String json, int depth) {
        return Pattern.compile("(?m)^ {" + 2 * depth + "}\"(\\w+)\": ")
                .matcher(json)
                .results()
                .map(key -> key.group(1))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "1.0,1.0",
        "0.1,0.1",
        "-0.0,-0.0",
        "100,100.0",
        "1e15,1000000000000000.0",
        "9999999999999998,9999999999999998.0",
        "1e16,1e+16",
        "1.5e300,1.5e+300",
        "0.0001,0.0001",
        "0.00001,1e-05",
        "1.25e-7,1.25e-07",
        "4.9E-324,5e-324",
        "2E-323,2e-323",
        "1.7976931348623157e308,1.7976931348623157e+308",
        "123456.789,123456.789",
        "NaN,NaN",
        "-Infinity,-Infinity"
    })
    void numbersAreWrittenAsPythonDoes(double number, String repr) {
        assertThat(PythonJson.number(number)).isEqualTo(repr);
    }

    @Test
    void textIsEscapedAndSortedAsPythonDoes() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("\ud83d\ude00", 1);
        map.put("\uffee", 2);
        map.put("q", "\"\\\n\u0001\u007f/");

        assertThat(PythonJson.sorted(PythonJson.value(map, "map")))
                .isEqualTo(
                        "{\"q\": \"\\\"\\\\\\n\\u0001\\u007f/\", \"\\uffee\": 2, \"\\ud83d\\ude00\": 1}");
    }

    @Test
    void g11_nothingAggregatesToZeros() {
        AggregatedResults nothing = Orchestration.aggregateResults(List.of());

        assertThat(nothing.totalTasks()).isZero();
        assertThat(nothing.successRate()).isZero();
        assertThat(nothing.toJson())
                .contains(
                        "\"total_execution_time\": 0.0",
                        "\"results_by_agent\": {}",
                        "\"errors\": []");
    }

    @Test
    void envelopesOfOneAgentInOneMillisecondHaveIdsOfTheirOwn() {
        List<String> ids =
                java.util.stream.IntStream.range(0, 100)
                        .mapToObj(_ -> Orchestration.buildEnvelope("a", "Do it", Map.of()).taskId())
                        .toList();

        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("a_\\d{13,}"));
    }

    @Test
    void aRetryConfigThatIsNoneIsRefused() {
        assertThatThrownBy(() -> new RetryConfig(Map.of("tries", 1))).hasMessageContaining("tries");
        assertThatThrownBy(() -> new RetryConfig(Map.of("max_retries", "5")))
                .hasMessageContaining("whole number");
        assertThatThrownBy(() -> new RetryConfig(Map.of("jitter_range", 1.5)))
                .hasMessageContaining("from 0 to 1");
        assertThat(RetryConfig.NONE.maxRetries()).isZero();
        assertThat(new RetryConfig(Map.of("backoff_factor", 3)).maxRetries()).isEqualTo(3);
    }

    @Test
    void wireValuesAreLowerCase() {
        assertThat(AgentType.of("code_generator")).isEqualTo(AgentType.CODE_GENERATOR);
        assertThat(TaskStatus.IN_PROGRESS.value()).isEqualTo("in_progress");
    }
}
