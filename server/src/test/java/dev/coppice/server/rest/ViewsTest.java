package dev.coppice.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.engine.EventLog;
import dev.coppice.engine.EventLogException;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Recorded;
import dev.coppice.report.JobView;
import dev.coppice.runtime.Histories;
import dev.coppice.server.jobs.Views;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What callers see of jobs is read once, and is what the log has.
class ViewsTest {
    @TempDir Path folder;
    private Scene scene;
    private WatchedLog log;
    private Views views;

    @BeforeEach
    void look() throws Exception {
        scene = new Scene(folder, "");
        log = new WatchedLog(scene.coppice().store());
        views =
                new Views(
                        scene.coppice(),
                        new Histories(log, scene.coppice().secrets()),
                        InstantSource.system());
    }

    @AfterEach
    void end() {
        views.close();
        scene.close();
    }

    @Test
    void aJobThatIsLeftToClaimantsIsNotInterruptedThoughNobodyDrivesIt() throws Exception {
        JobId job = new JobId(scene.leaveToClaimants("write it"));

        assertThat(views.summary(job).orElseThrow().interrupted()).isFalse();
        assertThat(new String(views.status(views.find(job).orElseThrow()), StandardCharsets.UTF_8))
                .contains("\"interrupted\" : false");
    }

    /// The log of the scene, which can fail and counts the events that it gives. It tells nobody of what happens: when that
    /// is told is the watching thread's affair, and the tests say themselves what has changed.
    private static final class WatchedLog implements EventLog {
        private final EventLog log;
        private int given;
        private int readsToFailure = Integer.MAX_VALUE;

        private WatchedLog(EventLog log) {
            this.log = log;
        }

        @Override
        public boolean append(JobId job, long expected, Instant at, List<Event> events) {
            return log.append(job, expected, at, events);
        }

        @Override
        public List<Recorded> read(JobId job, long after, int max) {
            if (readsToFailure-- == 0) {
                throw new EventLogException("the store is busy");
            }
            List<Recorded> events = log.read(job, after, max);
            given += events.size();
            return events;
        }

        @Override
        public Optional<Recorded> last(JobId job) {
            Optional<Recorded> last = log.last(job);
            given += last.isPresent() ? 1 : 0;
            return last;
        }

        @Override
        public List<JobId> jobs() {
            return log.jobs();
        }

        @Override
        public Subscription subscribe(Consumer<JobId> listener) {
            return () -> {};
        }

        @Override
        public void close() {}
    }

    private JobId finished(String line) throws Exception {
        String job = scene.submit(line);
        scene.finished(job);
        return new JobId(job);
    }

    @Test
    void ofJobsThatAreOverTwoEventsAreReadAndNoneTheNextTime() throws Exception {
        JobId good = finished("echo x > a.txt");
        JobId bad = finished("exit 1");

        List<Views.Standing> seen = views.standings().toList();

        Views.Standing first = new Views.Standing(bad, JobStatus.FAILED, 0, Optional.empty());
        Views.Standing second = new Views.Standing(good, JobStatus.COMPLETED, 0, Optional.empty());
        assertThat(seen).containsExactly(first, second);
        assertThat(log.given).isEqualTo(4);
        assertThat(views.standings()).containsExactly(first, second);
        assertThat(log.given).isEqualTo(4);
    }

    @Test
    void aJobThatIsOverAmongAllIsOverByItselfToo() throws Exception {
        String job = scene.submit("until [ -e '%s/now' ]; do sleep 0.05; done".formatted(folder));
        scene.await(job, "running"::equals);
        assertThat(views.find(new JobId(job)).orElseThrow().status().isOver()).isFalse();
        Files.createFile(folder.resolve("now"));
        scene.finished(job);

        // the views were told of nothing
        assertThat(views.standings()).allMatch(each -> each.status().isOver());

        assertThat(views.find(new JobId(job)).orElseThrow().status().isOver()).isTrue();
    }

    @Test
    void withAJobThatIsOverThoseThatCameOfItAreOver() throws Exception {
        String order = Scene.order("until [ -e %s/now ]; do sleep 0.05; done".formatted(folder));
        JobId job =
                new JobId(
                        scene.submit(
                                "curl -sS --fail-with-body -H \"X-API-Key: $COPPICE_API_KEY\" -H 'Content-Type: application/json' -d '"
                                        + order
                                        + "' \"$COPPICE_API_URL/api/v1/orchestrate\""));
        JobId child =
                scene.awaiting(() ->
                        scene.coppice().log().jobs().stream()
                                .filter(each -> !each.equals(job))
                                .findFirst());
        assertThat(views.find(child).orElseThrow().status().isOver()).isFalse();
        Files.createFile(folder.resolve("now"));
        scene.finished(job.value());

        assertThat(views.find(job).orElseThrow().status().isOver()).isTrue();
        assertThat(views.find(child).orElseThrow().status().isOver()).isTrue();
    }

    @Test
    void aJobThatGoesOnStandsWhereItIs() throws Exception {
        JobId job = finished("test -e '%s/now'".formatted(folder));
        assertThat(views.standings())
                .extracting(Views.Standing::status)
                .containsExactly(JobStatus.FAILED);

        scene.coppice().engine().retry(job, List.of(), Optional.empty());
        views.changed(job);

        // whatever it is by now, the old end is not told again
        JobView now = views.find(job).orElseThrow();
        long ends =
                scene.coppice().log().read(job, 0, (int) now.sequence()).stream()
                        .filter(each -> each.event() instanceof Event.JobEnded)
                        .count();
        assertThat(now.status().isOver()).isEqualTo(ends == 2);
    }

    @Test
    void aReadThatFailsIsMadeUpForByTheNext() throws Exception {
        JobId job = finished("echo x > a.txt");
        long seen = views.find(job).orElseThrow().sequence();
        List<Event> notes =
                Collections.nCopies(
                        1_500, new Event.Noted(Event.Level.INFO, Optional.empty(), "and so on"));
        assertThat(log.append(job, seen + 1, Instant.now(), notes)).isTrue();
        views.changed(job);

        log.readsToFailure = 1;

        assertThatThrownBy(() -> views.find(job)).isInstanceOf(EventLogException.class);
        assertThat(views.find(job).orElseThrow().sequence()).isEqualTo(seen + 1_500);
    }

    @Test
    void thoseWhoPageThroughThousandsOfJobsThatAreOverReadEachOnce() throws Exception {
        JobId job = finished("echo x > a.txt");
        List<Event> story = log.read(job, 0, 1_000).stream().map(Recorded::event).toList();
        List<JobId> jobs =
                IntStream.range(0, 1_100).mapToObj(i -> new JobId("%012x".formatted(i))).toList();
        jobs.parallelStream().forEach(copy -> log.append(copy, 1, Instant.now(), story));
        jobs.forEach(copy -> assertThat(views.summary(copy)).isPresent());
        int given = log.given;

        jobs.forEach(copy -> assertThat(views.summary(copy)).isPresent());

        assertThat(log.given).isEqualTo(given);
    }

    @Test
    void aHistoryThatCantBeReadDoesNotHideTheOthers() throws Exception {
        JobId good = finished("echo x > a.txt");
        finished("echo y > a.txt");

        log.readsToFailure = 0; // which is the newest job's

        assertThat(views.standings()).extracting(Views.Standing::job).containsExactly(good);
    }
}
