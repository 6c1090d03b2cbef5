package dev.coppice.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.engine.AttemptOrder.Input;
import dev.coppice.git.OpenedRepository;
import dev.coppice.merge.Merges;
import dev.coppice.model.CommitId;
import dev.coppice.model.Event;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Settings;
import dev.coppice.model.TaskStatus;
import dev.coppice.testkit.JobStory;
import dev.coppice.testkit.ScratchRepository;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a task stands on, of tasks that changed the same line of one file.
class BasesTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({"OURS, left", "THEIRS, right"})
    void aPolicySaysWhoseLineHolds(Settings.Conflicts policy, String line) {
        try (OpenedRepository opened = new OpenedRepository(ScratchRepository.ofFiles(folder, 3))) {
            CommitId base = write(opened, "base");
            Input left = input("left", TaskStatus.COMPLETED, onto(opened, base, "left"));
            Input right = input("right", TaskStatus.COMPLETED, onto(opened, base, "right"));

            assertThat(line(opened, join(opened, base, policy, left, right))).isEqualTo(line);
        }
    }

    @Test
    void workThatWasFoundWantingIsNoBase() {
        try (OpenedRepository opened = new OpenedRepository(ScratchRepository.ofFiles(folder, 3))) {
            CommitId base = write(opened, "base");
            Input done = input("done", TaskStatus.COMPLETED, onto(opened, base, "done"));
            Input wanting = input("wanting", TaskStatus.FAILED, onto(opened, base, "wanting"));

            assertThat(line(opened, join(opened, base, Settings.Conflicts.THEIRS, done, wanting)))
                    .isEqualTo("done");
        }
    }

    private static CommitId onto(OpenedRepository opened, CommitId base, String line) {
        opened.scratch().git("checkout", "-q", "--detach", base.value());
        return write(opened, line);
    }

    private static CommitId write(OpenedRepository opened, String line) {
        opened.scratch().write("line.txt", line + "\n");
        opened.scratch().commit("Write " + line);
        return opened.head();
    }

    private static String line(OpenedRepository opened, Bases.Base base) {
        assertThat(base).isInstanceOf(Bases.Base.At.class);
        CommitId commit = ((Bases.Base.At) base).commit();
        return opened.scratch().read(commit.value(), "line.txt").strip();
    }

    private static Bases.Base join(
            OpenedRepository opened, CommitId base, Settings.Conflicts policy, Input... inputs) {
        return new Bases(
                        new Merges(opened.git()),
                        opened.git().checkout(),
                        order(policy, inputs),
                        OpenedRepository.AUTHORSHIP)
                .join(base);
    }

    private static Input input(String id, TaskStatus status, CommitId commit) {
        return new Input(
                JobStory.task(id), 1, status, Optional.of(id), Optional.of(commit), "", List.of());
    }

    private static AttemptOrder order(Settings.Conflicts policy, Input... inputs) {
        JobRequest story =
                ((Event.JobSubmitted) new JobStory("Do it").events().getFirst().event()).request();
        Settings settings = story.settings();
        JobRequest request =
                new JobRequest(
                        story.request(),
                        story.repository(),
                        story.base(),
                        story.target(),
                        story.plan(),
                        new Settings(
                                settings.layout(),
                                settings.workers(),
                                settings.recursion(),
                                settings.agents(),
                                settings.environment(),
                                settings.checks(),
                                new Settings.Integrate(
                                        Settings.Result.BRANCH, policy, Optional.empty()),
                                settings.budgetUsd()),
                        story.depth(),
                        story.parent());
        return new AttemptOrder(
                JobStory.JOB,
                request,
                "Do it",
                JobStory.task("next"),
                3,
                1,
                Duration.ofMinutes(1),
                Optional.empty(),
                List.of(),
                List.of(inputs),
                List.of(),
                List.of(),
                Optional.empty());
    }
}
