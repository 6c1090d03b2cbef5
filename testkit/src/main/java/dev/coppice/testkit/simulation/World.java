package dev.coppice.testkit.simulation;

import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Plan;
import dev.coppice.model.Recorded;
import dev.coppice.model.Settings;
import dev.coppice.model.TaskId;
import dev.coppice.schedule.ChildOrder;
import dev.coppice.schedule.Children;
import dev.coppice.schedule.JobState;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// All that a simulation consists of, wired together, and the few rules by which its parts go on:
/// a process that died is followed by another one, a job that was laid down is resumed.
final class World {
    private static final long RESTART_MILLIS = 60_000;
    private static final long JUMP_MILLIS = 3_600_000;
    private static final int STEPS_MAX = 1_000_000;

    private final RandomGenerator random;
    private final Timeline time = new Timeline();
    private final Story story = new Story(time);
    private final Oracle oracle = new Oracle();
    private final SimulatedLog log = new SimulatedLog(story, oracle);
    private final Machine machine = new Machine(this);
    private final List<Orchestrator> processes = new ArrayList<>();
    private final int slots;
    private final Requests requests;
    private Behaviour behaviour;
    private Weather weather = Weather.CALM;
    private Faults faults = Faults.NONE;
    private int replays;
    private int delegated;

    World(RandomGenerator random, int slots, Behaviour behaviour) {
        this.random = random;
        this.requests = new Requests(random);
        this.slots = slots;
        this.behaviour = behaviour;
        log.subscribe(this::tellProcesses);
    }

    RandomGenerator random() {
        return random;
    }

    Timeline time() {
        return time;
    }

    Story story() {
        return story;
    }

    Oracle oracle() {
        return oracle;
    }

    SimulatedLog log() {
        return log;
    }

    Machine machine() {
        return machine;
    }

    Behaviour behaviour() {
        return behaviour;
    }

    Weather weather() {
        return weather;
    }

    Faults faults() {
        return faults;
    }

    boolean happens(double rate) {
        return rate > 0 && (rate >= 1 || random.nextDouble() < rate);
    }

    long upTo(long millis) {
        return random.nextLong(millis + 1);
    }

    /// A replay after every turn would cost more than all else.
    boolean isTimeForAReplay() {
        return replays++ % 8 == 0;
    }

    /// From now on the weather is this.
    void turnsTo(Weather next, Faults nextFaults) {
        story.tell("weather", next);
        weather = next;
        faults = nextFaults;
        log.failAs(nextFaults);
    }

    void behavesAs(Behaviour next) {
        behaviour = next;
    }

    void submit(JobId job, JobRequest request) {
        log.store(job, 1, time.instant(), List.of(new Event.JobSubmitted(request)));
        takeUpUndriven();
    }

    /// A living process; where none is left, a new one.
    Orchestrator process() {
        return processes.stream()
                .filter(Orchestrator::isAlive)
                .findFirst()
                .orElseGet(this::startProcess);
    }

    /// How many processes there were so far.
    int processes() {
        return processes.size();
    }

    /// One more process beside those that live. The clock jumps only while none does.
    Orchestrator startProcess() {
        if (processes.stream().noneMatch(Orchestrator::isAlive) && happens(weather.jumps())) {
            time.jump(random.nextLong(-JUMP_MILLIS, JUMP_MILLIS));
        }
        Orchestrator process = new Orchestrator(this, processes.size() + 1, slots);
        processes.add(process);
        story.tell(process.toString(), "starts");
        return process;
    }

    void died() {
        time.in(upTo(RESTART_MILLIS), this::takeUpUndriven);
    }

    void laidDown(JobId job) {
        time.in(upTo(RESTART_MILLIS), () -> takeUpIfUndriven(job));
    }

    void takeUpUndriven() {
        log.jobs().forEach(this::takeUpIfUndriven);
    }

    void takeUpIfUndriven(JobId job) {
        if (!isOver(job) && processes.stream().noneMatch(p -> p.drives(job))) {
            process().takeUp(job);
        }
    }

    boolean isOver(JobId job) {
        for (Recorded recorded : log.history(job).reversed()) {
            if (recorded.event() instanceof Event.JobEnded) {
                return true;
            }
            if (recorded.event() instanceof Event.RetryRequested
                    || recorded.event() instanceof Event.TasksAdded) {
                return false;
            }
        }
        return false;
    }

    /// A running attempt starts a child job, where it may.
    void delegate(JobId job, TaskId task, int attempt) {
        List<Recorded> history = log.history(job);
        JobState state = new JobState(job);
        history.forEach(state::apply);
        JobId child = JobId.of(time.instant(), 1_000L + delegated++);
        Optional<Plan> plan =
                random.nextBoolean() ? Optional.of(requests.plan("d")) : Optional.empty();
        Settings wanted = Children.settings(state.settings());
        Settings asked =
                random.nextBoolean()
                        ? wanted
                        : wanted.withBudgetUsd(
                                Optional.of(BigDecimal.valueOf(random.nextInt(300), 2)));
        Children.Answer answer =
                Children.ask(
                        state,
                        task,
                        attempt,
                        child,
                        new ChildOrder("part of it", plan, Optional.empty(), asked),
                        time.instant());
        switch (answer) {
            case Children.Answer.Granted(Event.TasksAdded event) ->
                    log.store(job, history.size() + 1L, time.instant(), List.of(event));
            case Children.Answer.Refused refused -> story.tell("no child job", refused);
        }
    }

    private void tellProcesses(JobId job) {
        for (Orchestrator process : processes) {
            time.in(upTo(200), () -> process.appended(job));
        }
        for (Orchestrator process : processes) {
            if (process.drives(job)) {
                time.in(upTo(200), () -> process.lookAgain(job));
            }
        }
    }

    /// Lets things happen until `untilMillis` of virtual time have passed.
    void run(long untilMillis) {
        long end = time.now() + untilMillis;
        boolean[] isReached = {false};
        time.in(untilMillis, () -> isReached[0] = true);
        for (int steps = 0; !isReached[0] && time.step(); steps++) {
            BrokenLaw.unless(steps < STEPS_MAX, "things come to an end", time.now() - end);
        }
    }

    /// Lets things happen until nothing is left to happen. All jobs must then be over.
    void runToTheEnd() {
        for (int steps = 0; time.step(); steps++) {
            BrokenLaw.unless(steps < STEPS_MAX, "things come to an end", steps);
        }
        for (JobId job : log.jobs()) {
            BrokenLaw.unless(isOver(job), "a job always ends", job);
        }
        BrokenLaw.unless(machine.left().isEmpty(), "nothing is left running", machine.left());
    }
}
