package dev.coppice.folder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.Discovery;
import dev.coppice.model.Event;
import dev.coppice.model.Outcome;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.Resources;
import dev.coppice.model.Task;
import dev.coppice.model.Usage;
import dev.coppice.model.WorkResult;
import dev.coppice.testkit.JobStory;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    private static final Secrets SECRETS = new Secrets(List.of("hunter-two/3", "abc"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sk-ant-api03-Zm9vYmFyYmF6cXV4",
                "ghp_0123456789abcdefghijABCDEFGHIJ012345",
                "github_pat_11ABCDEFG0123456789_abcdefghij",
                "AKIAIOSFODNN7EXAMPLE",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
                "hunter-two/3",
                "hunter-two%2F3"
            })
    void aSecretIsTakenOutWhereverItStands(String secret) {
        assertThat(SECRETS.mask("before " + secret + " after")).isEqualTo("before *** after");
        assertThat(SECRETS.mask("{\"text\":\"" + secret + "\"}")).isEqualTo("{\"text\":\"***\"}");
        assertThat(SECRETS.mask(secret + "\n" + secret)).isEqualTo("***\n***");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "api_key=",
                "API-KEY: ",
                "X-Api-Key: ",
                "\"apiKey\": \"",
                "{\\\"api_key\\\":\\\"",
                "db_password = '",
                "AWS_SECRET_ACCESS_KEY=",
                "access_token=",
                "Authorization: Bearer ",
                "Authorization: Basic "
            })
    void whatANameCallsSecretIsTakenOut(String before) {
        assertThat(SECRETS.mask(before + "q7Rz0pLx91")).isEqualTo(before + "***");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p\u00e4\"ss\\\nword",
                "p\u00e4\\\"ss\\\\\\nword",
                "p\\u00e4\\\"ss\\\\\\nword"
            })
    void aSecretIsTakenOutAlsoOfJson(String written) {
        Secrets secrets = new Secrets(List.of("p\u00e4\"ss\\\nword"));

        assertThat(secrets.mask("{\"dsn\": \"" + written + "\"}")).isEqualTo("{\"dsn\": \"***\"}");
    }

    @Test
    void aPasswordInAnAddressIsTakenOut() {
        assertThat(SECRETS.mask("clone https://ada:s3cret@example.org/x.git"))
                .isEqualTo("clone https://ada:***@example.org/x.git");
    }

    @Test
    void aPrivateKeyIsTakenOutAlsoWithoutItsEnd() {
        String begin = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n";

        assertThat(SECRETS.mask("x " + begin + "-----END RSA PRIVATE KEY----- y"))
                .isEqualTo("x *** y");
        assertThat(SECRETS.mask("x " + begin)).isEqualTo("x ***");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Add basic validation and bearer authentication to the tokens of the parser",
                "max_tokens: 128000, cache_read_tokens=123456789",
                "abc is too short to be told from a word",
                "disk-usage of task-management-service-worker is fine",
                "apiKey = readKey()",
                "see https://example.org:8080/a@b"
            })
    void ordinaryTextStays(String text) {
        assertThat(SECRETS.mask(text)).isEqualTo(text);
    }

    @Test
    void maskingTwiceChangesNothing() {
        String once = SECRETS.mask("api_key=q7Rz0pLx91 Bearer q7Rz0pLx91 hunter-two/3");

        assertThat(SECRETS.mask(once)).isEqualTo(once);
    }

    @Test
    void everyTextOfEveryEventIsMasked() {
        for (Recorded recorded : LeakyJob.events("hunter-two/3")) {
            assertThat(SECRETS.mask(recorded.event()).toString()).doesNotContain("hunter-two");
        }
    }

    @Test
    void whatAnAttemptReportsIsMaskedButForTheTasksThatItLays() {
        Task told = JobStory.described("more", "DB_PASSWORD=hunter-two/3 ./test");

        assertThat(SECRETS.maskReport(ended(new Outcome.Deferred(List.of(told), "hunter-two/3"))))
                .isEqualTo(ended(new Outcome.Deferred(List.of(told), "***")));
    }

    @Test
    void aMaskThatIsLongerThanItsSecretCutsTheOutput() {
        String output = "://u:p@h ".repeat(WorkResult.OUTPUT_MAX / 9 + 1);

        Event masked = SECRETS.mask(ended(new Outcome.Stopped(WorkResult.of(output))));

        assertThat(masked)
                .isInstanceOfSatisfying(
                        Event.AttemptEnded.class,
                        end ->
                                assertThat(((Outcome.Stopped) end.outcome()).partial().output())
                                        .hasSize(WorkResult.OUTPUT_MAX)
                                        .doesNotContain("u:p@"));
    }

    @Test
    void noHalfOfACharacterIsLeftInAReport() {
        Event report =
                SECRETS.maskReport(
                        new Event.Discovered(
                                LeakyJob.TASK,
                                1,
                                new Discovery("a\ud83c hunter-two/3 🌳", List.of("\udf33"))));

        assertThat(report)
                .isEqualTo(
                        new Event.Discovered(
                                LeakyJob.TASK,
                                1,
                                new Discovery("a\ufffd *** 🌳", List.of("\ufffd"))));
    }

    private static Event ended(Outcome outcome) {
        return new Event.AttemptEnded(
                LeakyJob.TASK,
                1,
                outcome,
                Usage.NONE,
                Resources.NONE,
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void anEventWithoutSecretsStaysAsItIs() {
        Event event =
                ended(
                        new Outcome.Failed(
                                Reason.EXIT_CODE, "exit code 1", WorkResult.of("nothing")));

        assertThat(SECRETS.mask(event)).isEqualTo(event);
        assertThat(new JobStory("Do it").events())
                .allSatisfy(recorded ->
                        assertThat(SECRETS.mask(recorded.event())).isEqualTo(recorded.event()));
    }
}
