package dev.coppice.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.model.Event;
import dev.coppice.model.Event.Level;
import dev.coppice.model.Event.Noted;
import dev.coppice.model.Event.RetryScheduled;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import dev.coppice.model.TaskId;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class EventJsonTest {
    private static final int INSTANCES = 300;
    private static final Instant AT = Instant.parse("2026-11-21T09:30:00Z");

    static Stream<Class<?>> types() {
        return Arrays.stream(Event.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource("types")
    void whateverAnEventHoldsIsReadAsItWasWritten(Class<? extends Event> type) {
        for (int seed = 0; seed < INSTANCES; seed++) {
            Event event = new Instances(new Random(seed)).of(type);

            String json = EventJson.write(event);
            Event read = EventJson.read(json);

            assertThat(read).as("seed %d: %s", seed, json).isEqualTo(event);
            assertThat(EventJson.write(read)).as("seed %d", seed).isEqualTo(json);
        }
    }

    @Test
    void anEventHasOneFormWithoutWhiteSpace() {
        Event event = new Noted(Level.WARNING, Optional.of(new TaskId("a")), "ö \"🌳\"\n");

        assertThat(EventJson.write(event))
                .isEqualTo(
                        "{\"type\":\"noted\",\"level\":\"warning\",\"task\":\"a\","
                                + "\"text\":\"ö \\\"\\ud83c\\udf33\\\"\\n\"}");
    }

    @Test
    void whatIsAbsentIsLeftOut() {
        assertThat(EventJson.write(new Noted(Level.INFO, Optional.empty(), "")))
                .isEqualTo("{\"type\":\"noted\",\"level\":\"info\",\"text\":\"\"}");
    }

    @Test
    void aDoorPrintsTheEventWithItsPlaceFirst() {
        JobId job = JobId.of(AT, 7);
        Event event = new RetryScheduled(new TaskId("a"), AT.plusSeconds(5));

        assertThat(Stores.json(new Recorded(job, 12, AT, event)))
                .isEqualTo(
                        "{\"job\":\"%s\",\"sequence\":12,\"at\":\"2026-11-21T09:30:00Z\","
                                        .formatted(job)
                                + "\"type\":\"retry_scheduled\",\"task\":\"a\","
                                + "\"not_before\":\"2026-11-21T09:30:05Z\"}");
    }

    @Test
    void fieldsOfALaterVersionArePassedOver() {
        String json =
                "{\"later\":{\"a\":[1,{\"b\":null}],\"c\":12345678901234567890123},"
                        + "\"type\":\"noted\",\"level\":\"info\",\"x\":1.5,\"text\":\"t\",\"y\":[[]]}";

        assertThat(EventJson.read(json)).isEqualTo(new Noted(Level.INFO, Optional.empty(), "t"));
    }

    @Test
    void whatIsNoEventIsRefusedWithWhatDoesNotFit() {
        assertRefused("{\"type\":\"grown\"}", "unknown: grown");
        assertRefused("{\"type\":\"noted\",\"level\":\"info\"}", "no `text`");
        assertRefused("{\"type\":\"noted\",\"level\":\"info\",\"text\":1}", "`text`");
        assertRefused(
                "{\"type\":\"retry_scheduled\",\"task\":\"a\",\"not_before\":\"x\"}",
                "`not_before`");
        assertRefused("{\"type\":\"noted\",", "broken JSON");
        assertRefused("[]", "no JSON object");
        assertRefused("{\"type\":\"pause_requested\"} 1", "follows");
    }

    private static void assertRefused(String json, String why) {
        assertThatThrownBy(() -> EventJson.read(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }
}
