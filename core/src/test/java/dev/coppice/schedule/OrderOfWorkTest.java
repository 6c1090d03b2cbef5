package dev.coppice.schedule;

import static dev.coppice.schedule.Part.AGENT;
import static dev.coppice.schedule.Part.OTHER_AGENT;
import static dev.coppice.schedule.Part.part;
import static dev.coppice.schedule.Story.job;

import dev.coppice.model.Event;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Which of the ready tasks gets a free slot.
class OrderOfWorkTest {
    private final Part a = part("a");
    private final Part b = part("b");
    private final Part c = part("c");
    private final Part d = part("d");
    private final Part e = part("e");

    @Test
    void theMoreUrgentTaskGoesFirst() {
        job(a.priority(5), b.priority(1), c.priority(3)).withSlots(1).started(b);
    }

    @Test
    void urgencyCountsMoreThanTheRemainingPath() {
        job(a, b.after(a), c.after(b), d.priority(4)).withSlots(1).started(d);
    }

    @Test
    void amongEqualsTheLongestRemainingPathGoesFirst() {
        job(a, b, c.after(b)).withSlots(1).started(b);
    }

    @Test
    void thePathIsMeasuredByEstimates() {
        job(
                        a.estimate(Duration.ofMinutes(9)),
                        b.estimate(Duration.ofMinutes(1)),
                        c.after(b).estimate(Duration.ofMinutes(1)))
                .withSlots(1)
                .started(a);
    }

    @Test
    void aTaskWithoutEstimateIsThoughtToBeLikeTheOthers() {
        // b and c together are longer than a, since c counts as the middle one of the estimates.
        job(
                        a.estimate(Duration.ofMinutes(15)),
                        b.estimate(Duration.ofMinutes(10)),
                        c.after(b),
                        d.estimate(Duration.ofMinutes(1)))
                .withSlots(1)
                .started(b);
    }

    @Test
    void estimatesOffByAFactorOfThreeOrderTheLongPathFirstAllTheSame() {
        // In truth a–b–c takes 30 minutes and d 5; guessed are 10 and 9.
        job(
                        d.estimate(Duration.ofMinutes(9)),
                        a.estimate(Duration.ofMinutes(3)),
                        b.after(a).estimate(Duration.ofMinutes(3)),
                        c.after(b).estimate(Duration.ofMinutes(4)))
                .withSlots(1)
                .started(a);
    }

    @Test
    void whatJoinsLaterMakesThePathsLonger() {
        job(d, a, b)
                .withSlots(1)
                .nobodyDrives()
                .happens(joins(c.after(b)))
                .happens(joins(e.after(c)))
                .when(d.succeeds())
                .goesOn()
                .started(d, b);
    }

    @Test
    void aTaskThatIsTriedAgainHasWhatJoinedSinceBehindIt() {
        job(b, a, d)
                .withSlots(1)
                .when(b.fails())
                .when(a.fails())
                .nobodyDrives()
                .happens(joins(c.after(a)))
                .triedAgain(b, a)
                .when(d.succeeds())
                .goesOn()
                .started(b, a, d, a);
    }

    private static Event joins(Part part) {
        return new Event.TasksAdded(Optional.empty(), "the goal", Part.tasks(part));
    }

    @Test
    void amongEqualPathsThePlansOrderCounts() {
        job(b, a, c).withSlots(2).started(b, a);
    }

    @Test
    void aJobKeepsToItsSlots() {
        job(a, b, c).withSlots(2).runs(a, b).when(a.succeeds()).runs(b, c);
    }

    @Test
    void aJobKeepsToTheRoomThatOthersLeave() {
        job(a, b, c).withRoom(1, Map.of()).runs(a).when(a.succeeds()).runs(b);
    }

    @Test
    void anAgentThatIsFullHoldsUpItsOwnTasksOnly() {
        job(a.by(AGENT), b.by(AGENT), c.by(OTHER_AGENT), d.by(OTHER_AGENT))
                .withRoom(64, Map.of(AGENT, 0))
                .runs(c, d);
    }

    @Test
    void tasksOfSeveralAgentsShareTheSlotsByUrgency() {
        job(
                        a.by(AGENT).priority(4),
                        b.by(OTHER_AGENT).priority(1),
                        c.by(AGENT).priority(2),
                        d.by(OTHER_AGENT).priority(5),
                        e.by(AGENT).priority(3))
                .withSlots(4)
                .started(b, c, e, a);
    }
}
