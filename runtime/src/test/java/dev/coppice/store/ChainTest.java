package dev.coppice.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.Event;
import dev.coppice.model.Event.Level;
import dev.coppice.model.Event.Noted;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import dev.coppice.testkit.JobStory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Someone with a SQL prompt against the chain of a job with five events.
final class ChainTest {
    private static final Instant AT = Instant.parse("2026-11-21T09:30:00Z");
    private static final JobId JOB = JobId.of(AT, 1);
    private static final JobId OTHER_JOB = JobId.of(AT, 2);

    @TempDir private Path folder;
    private Store store;

    @BeforeEach
    void fiveEvents() {
        store = Stores.open(folder.resolve("coppice.db"));
        store.append(JOB, 1, AT, notes(2));
        store.append(OTHER_JOB, 1, AT, notes(3));
        store.append(JOB, 3, AT.plusSeconds(1), notes(3));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aHistoryThatNobodyTouchedIsVerified() {
        Chain chain = store.verify(JOB);

        assertThat(chain).isEqualTo(new Chain.Verified(5, column("hash", 5)));
        assertThat(store.verify(OTHER_JOB)).isInstanceOf(Chain.Verified.class);
    }

    @Test
    void aJobWithoutEventsHasNothingToBreak() {
        assertThat(store.verify(JobId.of(AT, 9))).isEqualTo(new Chain.Verified(0, "0".repeat(64)));
    }

    @Test
    void aHashCanBeRecomputedFromTheRowAlone() throws NoSuchAlgorithmException {
        String text =
                "{\"job\":\"%s\",\"sequence\":3,\"at\":\"%s\",\"previous\":\"%s\",\"event\":%s}"
                        .formatted(JOB, column("at", 3), column("hash", 2), column("json", 3));
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));

        assertThat(column("hash", 3)).isEqualTo(HexFormat.of().formatHex(digest));
    }

    @Test
    void halvesOfCharactersAreReadAndVerifiedAsTheyWereStored() {
        List<Recorded> story =
                new JobStory("a\ud83cb")
                        .planned(JobStory.task("a"))
                        .begins("a")
                        .discovers("a", "\udf33c", "\ud83c")
                        .events();

        for (Recorded each : story) {
            store.append(JobStory.JOB, each.sequence(), each.at(), List.of(each.event()));
        }

        assertThat(store.read(JobStory.JOB, 0, story.size())).isEqualTo(story);
        assertThat(store.verify(JobStory.JOB)).isInstanceOf(Chain.Verified.class);
    }

    @Test
    void anEditedEventIsSeen() {
        tamper("update event set json = replace(json, 'event 2', 'event X') where sequence = 2");

        assertBroken(2, "not what was stored");
        assertThat(store.verify(OTHER_JOB)).isInstanceOf(Chain.Broken.class);
    }

    @Test
    void anEditedTimeIsSeen() {
        tamper("update event set at = '2026-11-21T09:30:00.5Z' where " + is(4));

        assertBroken(4, "not what was stored");
    }

    @Test
    void anEditedEventWithAnEditedHashIsSeenAtTheNextOne() {
        String json = EventJson.write(new Noted(Level.INFO, Optional.empty(), "forged"));
        Link forged = new Link(2, column("hash", 2)).next(JOB, column("at", 3), json);
        tamper(
                "update event set json = '%s', hash = '%s' where %s"
                        .formatted(json, forged.hash(), is(3)));

        assertBroken(4, "not what was stored");
    }

    @Test
    void aForgedLastEventIsSeenByTheHeadOfTheChain() {
        String json = EventJson.write(new Noted(Level.INFO, Optional.empty(), "forged"));
        Link forged = new Link(4, column("hash", 4)).next(JOB, column("at", 5), json);
        tamper(
                "update event set json = '%s', hash = '%s' where %s"
                        .formatted(json, forged.hash(), is(5)));

        assertBroken(5, "not the last one known");
    }

    @Test
    void aRemovedEventIsSeen() {
        tamper("delete from event where " + is(3));

        assertBroken(3, "missing");
    }

    @Test
    void aRemovedEventIsSeenAlsoWhenTheOthersCloseUp() {
        tamper("delete from event where " + is(3));
        tamper("update event set sequence = 3 where " + is(4));
        tamper("update event set sequence = 4 where " + is(5));

        assertBroken(3, "not what was stored");
    }

    @Test
    void anInsertedEventIsSeen() {
        tamper("update event set sequence = sequence + 100 where job = '%s' and sequence > 2");
        tamper("update event set sequence = sequence - 99 where job = '%s' and sequence > 100");
        tamper(
                "insert into event (job, sequence, at, json, hash)"
                        + " select job, 3, at, json, hash from event where "
                        + is(2));

        assertBroken(3, "not what was stored");
    }

    @Test
    void anAppendedEventIsSeenByTheHeadOfTheChain() {
        String json = EventJson.write(new Noted(Level.INFO, Optional.empty(), "forged"));
        Link forged = new Link(5, column("hash", 5)).next(JOB, AT.toString(), json);
        tamper(
                "insert into event (job, sequence, at, json, hash) values ('%s', 6, '%s', '%s', '%s')"
                        .formatted(JOB, AT, json, forged.hash()));

        assertBroken(6, "not the last one known");
    }

    @Test
    void movedEventsAreSeen() {
        tamper("update event set sequence = 99 where " + is(2));
        tamper("update event set sequence = 2 where " + is(3));
        tamper("update event set sequence = 3 where " + is(99));

        assertBroken(2, "not what was stored");
    }

    @Test
    void eventsCutOffAtTheEndAreSeen() {
        tamper("delete from event where job = '%s' and sequence > 3");

        assertBroken(4, "missing: there were 5");
    }

    @Test
    void aHistoryOfWhichNothingIsLeftIsSeen() {
        tamper("delete from event where job = '%s'");

        assertBroken(1, "missing: there were 5");
    }

    @Test
    void aRemovedHeadIsSeen() {
        tamper("delete from head where job = '%s'");

        assertBroken(5, "not the last one known");
    }

    @Test
    void anEventCutOffAtTheEndIsNotReplacedByTheNextAppend() {
        tamper("delete from event where " + is(5));

        assertThat(store.append(JOB, 5, AT, notes(1))).isFalse();
        assertThat(store.append(JOB, 6, AT, notes(1))).isTrue();
        assertBroken(5, "missing");
    }

    private void assertBroken(long sequence, String what) {
        assertThat(store.verify(JOB))
                .asInstanceOf(InstanceOfAssertFactories.type(Chain.Broken.class))
                .satisfies(broken -> {
                    assertThat(broken.sequence()).isEqualTo(sequence);
                    assertThat(broken.what()).contains("event " + sequence, what);
                });
    }

    private static List<Event> notes(int count) {
        return IntStream.rangeClosed(1, count)
                .<Event>mapToObj(i -> new Noted(Level.INFO, Optional.empty(), "event " + i))
                .toList();
    }

    private static String is(int sequence) {
        return "job = '" + JOB + "' and sequence = " + sequence;
    }

    /// Runs SQL past the store; `%s` stands for the job.
    private void tamper(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql.formatted(JOB))).as(sql).isPositive();
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    private String column(String name, int sequence) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "select " + name + " from event where " + is(sequence))) {
            return row.getString(1);
        } catch (SQLException e) {
            throw new AssertionError(name, e);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("coppice.db"));
    }
}
