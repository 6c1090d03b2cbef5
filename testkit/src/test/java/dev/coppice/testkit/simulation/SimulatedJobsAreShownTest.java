package dev.coppice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import dev.coppice.model.TaskStatus;
import dev.coppice.report.Analytics;
import dev.coppice.report.FinalResult;
import dev.coppice.report.HtmlReport;
import dev.coppice.report.JobHistory;
import dev.coppice.report.JobView;
import dev.coppice.report.LevelReport;
import dev.coppice.report.StatusText;
import dev.coppice.report.TaskView;
import dev.coppice.schedule.JobState;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Users are shown what the engine believes, through whatever a job has to go: the fold that people
/// see and the fold that decides share no code.
class SimulatedJobsAreShownTest {
    private static final int SEEDS = 500;
    private static final int LOOKS_EVERY = 20;

    @Test
    void atEveryEndTheViewTellsWhatTheEngineBelieves() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Map<JobId, JobState> states = new LinkedHashMap<>();
            Map<JobId, JobHistory> histories = new LinkedHashMap<>();
            for (Recorded recorded : events(seed)) {
                JobState state = states.computeIfAbsent(recorded.job(), JobState::new);
                state.apply(recorded);
                JobHistory history = histories.get(recorded.job());
                if (history == null) {
                    history = new JobHistory(recorded);
                    histories.put(recorded.job(), history);
                } else {
                    history.apply(recorded);
                }
                if (recorded.event() instanceof Event.JobEnded) {
                    check(seed, history.view(), state);
                }
                if (recorded.sequence() % LOOKS_EVERY == 0) {
                    look(history.view(), recorded.at());
                }
            }
        }
    }

    private static void check(long seed, JobView view, JobState state) {
        assertThat(Optional.of(view.status())).as("seed %s", seed).isEqualTo(state.ended());
        assertThat(view.tasks())
                .as("tasks of seed %s", seed)
                .extracting(TaskView::worker, TaskView::id, TaskView::status)
                .containsExactlyElementsOf(
                        state.workers().stream()
                                .map(task -> tuple(task.worker(), task.task().id(), task.status()))
                                .toList());
        assertThat(view.all().map(TaskView::status))
                .as("seed %s", seed)
                .allMatch(TaskStatus::isOver);
        assertThat(view.usage().usd().map(usd -> usd.stripTrailingZeros()))
                .as("cost of seed %s", seed)
                .isEqualTo(
                        Optional.of(state.spentUsd().stripTrailingZeros())
                                .filter(_ -> view.usage().usd().isPresent()));
        assertThat(Analytics.of(view, view.updatedAt()).efficiency()).isBetween(0.0, 1.0);
    }

    /// Whatever stands in the middle of a job can be shown.
    private static void look(JobView view, Instant now) {
        ZoneOffset zone = ZoneOffset.UTC;
        assertThat(FinalResult.render(view, now, zone)).contains(view.id().value());
        assertThat(LevelReport.render(view, now, zone)).contains(view.id().value());
        assertThat(HtmlReport.render(view, List.of(), now, zone)).contains(view.id().value());
        assertThat(
                        new StatusText(100, false, zone)
                                .render(
                                        view,
                                        List.of(),
                                        new StatusText.Present(now, false, Map.of())))
                .contains(view.id().value());
    }

    private static List<Recorded> events(long seed) {
        return Simulation.run(seed).stream()
                .map(line -> line instanceof Story.Line told ? told.what() : line)
                .filter(Recorded.class::isInstance)
                .map(Recorded.class::cast)
                .toList();
    }
}
