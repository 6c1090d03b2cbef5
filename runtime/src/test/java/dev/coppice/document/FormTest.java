package dev.coppice.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.CommandLine;
import dev.coppice.model.Expectation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FormTest {
    @ParameterizedTest
    @CsvSource({
        "90, 90000",
        "90s, 90000",
        "10m, 600000",
        "2h, 7200000",
        "1d, 86400000",
        "0.5, 500",
        "1.5h, 5400000",
        "250ms, 250",
        "0, 0"
    })
    void aTimeHasSecondsOrAUnit(String text, long millis) {
        assertThat(Form.TIME_SPAN.read(text)).contains(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "1w", "1 h", "1e3", "9999999999", "1h30m"})
    void whatIsNoTimeIsRefused(String text) {
        assertThat(Form.TIME_SPAN.read(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 250, 1_000, 90_000, 600_000, 3_600_000, 5_400_000, 86_400_000})
    void aTimeThatIsShownReadsBack(long millis) {
        Duration time = Duration.ofMillis(millis);

        assertThat(Form.TIME_SPAN.read(Form.show(time))).contains(time);
    }

    @ParameterizedTest
    @CsvSource({"64, 64", "1KB, 1000", "4GB, 4000000000", "2GiB, 2147483648", "5M, 5000000"})
    void aSizeHasBytesOrAUnit(String text, long bytes) {
        assertThat(Form.BYTES.read(text)).contains(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GB", "-1", "1.5GB", "4 cows", "999999999999999T"})
    void whatIsNoSizeIsRefused(String text) {
        assertThat(Form.BYTES.read(text)).isEmpty();
    }

    @Test
    void aNumberKeepsItsRange() {
        Form<Integer> form = Form.whole(1, 64);

        assertThat(form.read("64")).contains(64);
        assertThat(form.read("65")).isEmpty();
        assertThat(form.read("0")).isEmpty();
        assertThat(form.read("1.5")).isEmpty();
        assertThat(form.complaint("max_workers", new Value.Digits("x", "0")))
                .isEqualTo("max_workers must be a whole number from 1 to 64, not 0");
    }

    @Test
    void aCommandIsALineOrAVector() {
        Value line = new Value.Text("x", "make test");
        Value vector = new Value.Items("x", List.of(line, line));

        assertThat(Form.COMMAND.read(line)).contains(CommandLine.shell("make test"));
        assertThat(Form.COMMAND.read(vector))
                .contains(new CommandLine(List.of("make test", "make test")));
        assertThat(Form.COMMAND.read(new Value.Text("x", " "))).isEmpty();
        assertThat(Form.COMMAND.read(new Value.Items("x", List.of()))).isEmpty();
    }

    @Test
    void aConstantIsWrittenInAnyCase() {
        assertThat(Form.oneOf(Expectation.class).read("Report")).contains(Expectation.REPORT);
        assertThat(Form.oneOf(Expectation.class).read("all")).isEmpty();
    }
}
