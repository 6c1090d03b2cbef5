package dev.coppice.engine;

import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.Plan;
import dev.coppice.model.Recorded;
import dev.coppice.model.TaskId;
import dev.coppice.schedule.JobState;
import dev.coppice.schedule.Scheduler;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Appends to one job what many threads ask for, without driving it: reads on, writes the facts that
/// are due, decides, writes the decision, and writes the facts that follow. An append that is refused,
/// since another process came first, is decided anew.
///
/// An append costs a write that waits for the disk, whatever is in it; so whoever has the lock serves
/// all that wait, in one append as far as they ask about different tasks. Such decisions do not
/// disturb each other, and all can be taken from the same state, which only believes what is written.
final class Desk {
    /// What is asked: decided from the state, perhaps several times, perhaps by another thread.
    @FunctionalInterface
    interface Asked<T> {
        Reply<T> reply(JobState state, At at);
    }

    /// When, and among which others, something is decided.
    record At(Instant now, Set<TaskId> touched) {
        /// Whether nothing about the task stands to be written already.
        boolean isFree(TaskId task) {
            return !touched.contains(task);
        }
    }

    sealed interface Reply<T> {
        /// Nothing is to be written.
        record Said<T>(T answer) implements Reply<T> {}

        /// The answer, once the events are written.
        ///
        /// @param about the one task that they are about; empty: nothing else is written with them
        record Written<T>(Optional<TaskId> about, List<Event> events, T answer)
                implements Reply<T> {}

        /// To be decided when what stands to be written is.
        record Later<T>() implements Reply<T> {}
    }

    /// More would make the first of them wait for long and gain little.
    private static final int ASKS_MAX = 500;

    private final EventLog log;
    private final InstantSource clock;
    private final RandomGenerator chance;
    private final UnaryOperator<Event> mask;
    private final Queue<Ask<?>> waiting = new ConcurrentLinkedQueue<>();
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final JobState state;

    /// @param mask takes secrets out of what comes from outside
    Desk(
            JobId job,
            EventLog log,
            InstantSource clock,
            RandomGenerator chance,
            UnaryOperator<Event> mask) {
        this.state = new JobState(job);
        this.log = log;
        this.clock = clock;
        this.chance = chance;
        this.mask = mask;
    }

    JobId job() {
        return state.job();
    }

    <T> T ask(Asked<T> asked) {
        Ask<T> ask = new Ask<>(asked);
        waiting.add(ask);
        lock.lock();
        try {
            while (!ask.isOver()) {
                serve(ask);
            }
        } finally {
            lock.unlock();
        }
        return ask.answer();
    }

    /// Serves all that wait. Where the log fails, that is told to the one who serves; the others go on
    /// waiting, and will serve themselves.
    private void serve(Ask<?> own) {
        List<Ask<?>> open = new ArrayList<>();
        while (open.size() < ASKS_MAX && !waiting.isEmpty()) {
            open.add(waiting.remove());
        }
        try {
            while (!open.isEmpty()) {
                readOn(open);
                if (settle()) {
                    answer(open);
                }
                open.removeIf(Ask::isOver);
            }
            while (!settle()) {
                readOn(open);
            }
        } finally {
            open.stream().filter(ask -> ask != own && !ask.isOver()).forEach(waiting::add);
        }
    }

    private void answer(List<Ask<?>> open) {
        Instant now = clock.instant();
        Set<TaskId> touched = new HashSet<>();
        List<Event> events = new ArrayList<>();
        List<Ask<?>> written = new ArrayList<>();
        for (Ask<?> ask : open) {
            if (ask.isOver()) {
                continue;
            }
            ask.decide(state, new At(now, touched));
            boolean isAlone = ask.isAlone();
            if (ask.proposed().isEmpty() || (isAlone && !events.isEmpty())) {
                continue;
            }
            ask.about().ifPresent(touched::add);
            events.addAll(ask.proposed());
            written.add(ask);
            if (isAlone) {
                break;
            }
        }
        if (!events.isEmpty() && append(events, now)) {
            written.forEach(Ask::written);
        }
    }

    private void readOn(List<Ask<?>> open) {
        log.readOn(
                state.job(),
                state.sequence(),
                recorded -> {
                    state.apply(recorded);
                    // It was stored by an append that failed afterwards.
                    open.forEach(ask -> ask.seen(recorded.event()));
                });
    }

    /// Writes what is due; false where somebody else wrote first. A job to which tasks are still to be
    /// added has nothing to begin with.
    private boolean settle() {
        while (!isYetToCome()) {
            Instant now = clock.instant();
            List<Event> facts =
                    Scheduler.facts(state, now).stream()
                            .flatMap(step -> Steps.event(step, state, now, chance).stream())
                            .toList();
            if (facts.isEmpty()) {
                return true;
            }
            if (!append(facts, now)) {
                return false;
            }
        }
        return true;
    }

    private boolean isYetToCome() {
        Optional<Plan> plan = state.request().plan();
        return state.tasks().isEmpty() && plan.filter(p -> p.tasks().isEmpty()).isPresent();
    }

    private boolean append(List<Event> events, Instant at) {
        long next = state.sequence() + 1;
        if (!log.append(state.job(), next, at, events)) {
            return false;
        }
        for (Event event : events) {
            state.apply(new Recorded(state.job(), next++, at, event));
        }
        return true;
    }

    /// One who asks, until there is an answer. Used under the lock, but for the answer.
    private final class Ask<T> {
        private final Asked<T> asked;
        private Reply<T> reply = new Reply.Later<>();
        private List<Event> proposed = List.of();
        private @Nullable T answer;
        private @Nullable RuntimeException failure;

        private Ask(Asked<T> asked) {
            this.asked = asked;
        }

        /// What goes wrong in a decision concerns the one who asked, whoever serves.
        private void decide(JobState state, At at) {
            try {
                reply = asked.reply(state, at);
            } catch (RuntimeException e) {
                failure = e;
                reply = new Reply.Later<>();
            }
            proposed = List.of();
            switch (reply) {
                case Reply.Said<T>(T said) -> answer = said;
                case Reply.Written<T> written ->
                        proposed = written.events().stream().map(mask).toList();
                case Reply.Later<T> _ -> {}
            }
        }

        /// What would be written for it.
        private List<Event> proposed() {
            return proposed;
        }

        private Optional<TaskId> about() {
            return reply instanceof Reply.Written<T> written ? written.about() : Optional.empty();
        }

        private boolean isAlone() {
            return reply instanceof Reply.Written<T> written && written.about().isEmpty();
        }

        private void seen(Event event) {
            if (!isOver() && !proposed.isEmpty() && proposed.getLast().equals(event)) {
                written();
            }
        }

        private void written() {
            if (reply instanceof Reply.Written<T> written) {
                answer = written.answer();
            }
        }

        private boolean isOver() {
            return answer != null || failure != null;
        }

        private T answer() {
            if (failure != null) {
                throw failure;
            }
            if (answer == null) {
                throw new IllegalStateException("nobody answered");
            }
            return answer;
        }
    }
}
