package dev.coppice.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.folder.Secrets;
import dev.coppice.model.Event;
import dev.coppice.model.Outcome;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Reason;
import dev.coppice.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Attempts of drivers that are no more.
class LocalDispatchTest {
    @TempDir Path folder;

    @Test
    void anAttemptIsNotLostWhileAProcessOfItLivesThatShedItsMark() throws Exception {
        // given: what the agent's process started lives on without it, and without the mark
        Process agent =
                new ProcessBuilder("setsid", "sh", "-c", "env -i sleep 600 >/dev/null & echo $$ $!")
                        .start();
        String[] pids = agent.inputReader().readLine().split(" ", -1);
        agent.waitFor();
        assertThat(lives(pids[1])).isTrue();
        BlockingQueue<Event> reports = new LinkedBlockingQueue<>();

        // when
        try (Processes processes = Processes.open();
                LocalDispatch dispatch = dispatch(processes)) {
            dispatch.recover(
                    SomeOrder.first(),
                    Optional.of(
                            new ProcessIdentity(
                                    Long.parseLong(pids[0]), 1, processes.self().bootId())),
                    reports::add);

            // then
            Event last = reports.poll(2, TimeUnit.MINUTES);
            assertThat(last).isInstanceOf(Event.AttemptEnded.class);
            assertThat(((Event.AttemptEnded) last).outcome())
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.reason()).isEqualTo(Reason.LOST));
            assertThat(lives(pids[1])).isFalse();
        }
    }

    private static boolean lives(String pid) {
        try {
            return !Files.readString(Path.of("/proc", pid, "stat")).contains(") Z");
        } catch (IOException _) {
            return false; // it is gone
        }
    }

    private static LocalDispatch dispatch(Processes processes) {
        return new LocalDispatch(
                new Equipment(
                        processes,
                        Optional.empty(),
                        Map.of(),
                        new Passes(),
                        new Secrets(List.of()),
                        (_, _, _) -> {},
                        InstantSource.system()));
    }
}
