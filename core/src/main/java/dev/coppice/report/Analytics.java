package dev.coppice.report;

import dev.coppice.model.AgentName;
import dev.coppice.model.Need;
import dev.coppice.model.TaskId;
import dev.coppice.model.Usage;
import dev.coppice.report.AttemptView.Phase;
import dev.coppice.report.AttemptView.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Where a job's time and money went, and how near it came to the fastest that its plan allows.
///
/// @param makespan from the moment the plan was laid to the end of its last task, or to the moment of
///     looking, without rests; zero before there is a plan
/// @param work the time of all attempts of the plan's tasks, as if one after the other
/// @param criticalPath the chain of needs that took longest in attempts; no plan of endless slots
///     would have been faster
/// @param criticalPathLength what it took
/// @param slots attempts that could run at once
/// @param peak attempts that did run at once, at most
/// @param lowerBound the longer of the critical path and of the work spread over all slots
/// @param bottleneck the task whose shortening would shorten the critical path most
/// @param tasks the plan's tasks that were attempted, then the engine's own
/// @param unpriced ended attempts whose price is not known
public record Analytics(
        Duration makespan,
        Duration work,
        List<TaskId> criticalPath,
        Duration criticalPathLength,
        int slots,
        int peak,
        Duration lowerBound,
        Optional<Bottleneck> bottleneck,
        List<TaskFigures> tasks,
        SequencedMap<AgentName, Usage> agents,
        Usage usage,
        int unpriced,
        Duration cpu,
        long peakMemoryBytes) {

    public Analytics {
        criticalPath = List.copyOf(criticalPath);
        tasks = List.copyOf(tasks);
        agents = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(agents));
    }

    /// A task, and what its shortening is worth.
    ///
    /// @param saves by how much the critical path would be shorter if the task took no time
    public record Bottleneck(TaskId task, Duration saves) {}

    /// What one task took.
    ///
    /// @param spent by phase; absent phases took no time. The time of a conflict's resolver counts as
    ///     its own, not as that of the task that came in
    /// @param peakMemoryBytes of the attempt that held most
    /// @param leaked processes that outlived their leader and were ended
    public record TaskFigures(
            TaskId task,
            String workerId,
            AgentName agent,
            int attempts,
            Map<Phase, Duration> spent,
            Usage usage,
            Duration cpu,
            long peakMemoryBytes,
            int leaked) {
        public TaskFigures {
            spent = Map.copyOf(spent);
        }

        public Duration spentOn(Phase phase) {
            return spent.getOrDefault(phase, Duration.ZERO);
        }
    }

    /// Lower bound ÷ actual, 0–1: 1 when no other order of work could have been faster; 0 before
    /// anything was done.
    public double efficiency() {
        return makespan.isPositive()
                ? Math.min(1, (double) lowerBound.toMillis() / makespan.toMillis())
                : 0;
    }

    /// By how much the job was faster than its tasks one after the other.
    public Duration sequentialSaved() {
        Duration saved = work.minus(makespan);
        return saved.isNegative() ? Duration.ZERO : saved;
    }

    /// The analytics of `job` as they look at `now`.
    public static Analytics of(JobView job, Instant now) {
        Instant until = job.endedAt().orElse(now);
        Map<TaskId, Duration> took = new HashMap<>();
        Duration work = Duration.ZERO;
        for (TaskView task : job.tasks()) {
            Duration duration = task.duration(until);
            took.put(task.id(), duration);
            work = work.plus(duration);
        }
        List<TaskView> inOrder = inOrderOfNeeds(job.tasks());
        List<TaskId> path = longestPath(inOrder, took);
        Duration length = sum(path, took);
        int slots =
                job.request()
                        .settings()
                        .slots(
                                job.request().depth(),
                                job.tasks().stream()
                                        .map(task -> task.task().agent())
                                        .collect(Collectors.toSet()));
        Duration spread = work.dividedBy(slots);
        List<TaskFigures> figures =
                job.all()
                        .filter(task -> !task.attempts().isEmpty())
                        .map(task -> figures(task, until))
                        .toList();
        return new Analytics(
                makespan(job, until),
                work,
                path,
                length,
                slots,
                Timeline.of(job, until).peak(),
                length.compareTo(spread) > 0 ? length : spread,
                bottleneck(inOrder, took, path, length),
                figures,
                agents(job),
                job.usage(),
                job.unpricedAttempts(),
                figures.stream().map(TaskFigures::cpu).reduce(Duration.ZERO, Duration::plus),
                figures.stream().mapToLong(TaskFigures::peakMemoryBytes).max().orElse(0));
    }

    private static Duration makespan(JobView job, Instant now) {
        Optional<Instant> from =
                job.tasks().stream().map(TaskView::addedAt).min(Comparator.naturalOrder());
        Optional<Instant> to =
                job.tasks().stream()
                        .map(task -> task.status().isOver() ? task.endedAt().orElse(now) : now)
                        .max(Comparator.naturalOrder());
        if (from.isEmpty() || to.isEmpty()) {
            return Duration.ZERO;
        }
        Duration span = Duration.between(from.get(), to.get()).minus(job.rested());
        return span.isNegative() ? Duration.ZERO : span;
    }

    private static TaskFigures figures(TaskView task, Instant now) {
        Map<Phase, Duration> spent = new EnumMap<>(Phase.class);
        Duration cpu = Duration.ZERO;
        long memory = 0;
        int leaked = 0;
        for (AttemptView attempt : task.attempts()) {
            for (Span span : attempt.allSpans(now)) {
                spent.merge(span.phase(), span.length(), Duration::plus);
            }
            cpu = cpu.plus(attempt.resources().cpu());
            memory = Math.max(memory, attempt.resources().peakMemoryBytes());
            leaked += attempt.resources().leaked();
        }
        return new TaskFigures(
                task.id(),
                task.workerId(),
                task.agent(),
                task.attempts().size(),
                spent,
                task.usage(),
                cpu,
                memory,
                leaked);
    }

    private static SequencedMap<AgentName, Usage> agents(JobView job) {
        TreeMap<AgentName, Usage> agents = new TreeMap<>();
        job.all()
                .flatMap(task -> task.attempts().stream())
                .forEach(attempt -> agents.merge(attempt.agent(), attempt.usage(), Usage::plus));
        return agents;
    }

    /// The tasks, each after those it needs; needs outside of `tasks` don't count.
    private static List<TaskView> inOrderOfNeeds(List<TaskView> tasks) {
        Map<TaskId, Integer> missing = new HashMap<>();
        Map<TaskId, List<TaskView>> waiting = new HashMap<>();
        tasks.forEach(task -> missing.put(task.id(), 0));
        for (TaskView task : tasks) {
            for (Need need : task.task().needs()) {
                if (missing.containsKey(need.task())) {
                    missing.merge(task.id(), 1, Integer::sum);
                    waiting.computeIfAbsent(need.task(), _ -> new ArrayList<>()).add(task);
                }
            }
        }
        ArrayDeque<TaskView> free = new ArrayDeque<>();
        tasks.stream()
                .filter(task -> Integer.valueOf(0).equals(missing.get(task.id())))
                .forEach(free::add);
        List<TaskView> ordered = new ArrayList<>(tasks.size());
        while (!free.isEmpty()) {
            TaskView next = free.remove();
            ordered.add(next);
            for (TaskView task : waiting.getOrDefault(next.id(), List.of())) {
                if (missing.merge(task.id(), -1, Integer::sum) == 0) {
                    free.add(task);
                }
            }
        }
        return ordered;
    }

    /// The chain that took longest, from its first task to its last.
    private static List<TaskId> longestPath(List<TaskView> inOrder, Map<TaskId, Duration> took) {
        Map<TaskId, Duration> endsAt = new HashMap<>();
        Map<TaskId, TaskId> before = new HashMap<>();
        Optional<TaskId> last = Optional.empty();
        for (TaskView task : inOrder) {
            Duration startsAt = Duration.ZERO;
            for (Need need : task.task().needs()) {
                Duration needed = endsAt.getOrDefault(need.task(), Duration.ZERO);
                if (needed.compareTo(startsAt) > 0) {
                    startsAt = needed;
                    before.put(task.id(), need.task());
                }
            }
            Duration end = startsAt.plus(took.getOrDefault(task.id(), Duration.ZERO));
            endsAt.put(task.id(), end);
            if (end.isPositive()
                    && last.map(best -> end.compareTo(endsAt.get(best)) > 0).orElse(true)) {
                last = Optional.of(task.id());
            }
        }
        List<TaskId> path = new ArrayList<>();
        for (Optional<TaskId> at = last; at.isPresent(); at = at.map(before::get)) {
            path.add(at.get());
        }
        return path.reversed();
    }

    /// Tries the tasks of the path, the longest first. None can save more than it took, so the search
    /// ends with the first that took less than the best one saves.
    private static Optional<Bottleneck> bottleneck(
            List<TaskView> inOrder,
            Map<TaskId, Duration> took,
            List<TaskId> path,
            Duration length) {
        Optional<Bottleneck> best = Optional.empty();
        Map<TaskId, Duration> trial = new HashMap<>(took);
        for (TaskId task :
                path.stream().sorted(Comparator.comparing(took::get).reversed()).toList()) {
            Duration own = took.getOrDefault(task, Duration.ZERO);
            if (best.map(known -> known.saves().compareTo(own) >= 0).orElse(false)) {
                break;
            }
            trial.put(task, Duration.ZERO);
            Duration saves = length.minus(sum(longestPath(inOrder, trial), trial));
            trial.put(task, own);
            if (best.map(known -> saves.compareTo(known.saves()) > 0).orElse(true)) {
                best = Optional.of(new Bottleneck(task, saves));
            }
        }
        return best.filter(known -> known.saves().isPositive());
    }

    private static Duration sum(List<TaskId> path, Map<TaskId, Duration> took) {
        return path.stream()
                .map(task -> took.getOrDefault(task, Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }
}
