package dev.coppice.library.orchestrator;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// All that is known of a goal's tasks (document 003). A value: its methods return changed copies.
///
/// @param masterPlan empty until there is one
/// @param workingDirectory where the work was begun
/// @param tasks in the order in which they were added
/// @param agents who has worked on it, or was registered
/// @param discoveries oldest first
/// @param taskTimeout of each attempt at a task
public record CoordinationState(
        String goal,
        String masterPlan,
        String workingDirectory,
        List<Task> tasks,
        List<Agent> agents,
        List<Discovery> discoveries,
        int maxParallelWorkers,
        Duration taskTimeout,
        Optional<Instant> createdAt,
        Optional<Instant> lastActivity) {
    public CoordinationState {
        tasks = List.copyOf(tasks);
        agents = List.copyOf(agents);
        discoveries = List.copyOf(discoveries);
        createdAt = createdAt.map(at -> at.truncatedTo(ChronoUnit.MICROS));
        lastActivity = lastActivity.map(at -> at.truncatedTo(ChronoUnit.MICROS));
    }

    /// Nothing yet, not even a goal: the defaults of document 003.
    public static CoordinationState of() {
        return of("");
    }

    /// A goal without tasks, with the defaults of document 003.
    public static CoordinationState of(String goal) {
        return new CoordinationState(
                goal,
                "",
                ".",
                List.of(),
                List.of(),
                List.of(),
                Orchestrator.DEFAULT_MAX_WORKERS,
                Orchestrator.DEFAULT_TASK_TIMEOUT,
                Optional.empty(),
                Optional.empty());
    }

    /// The task is added as the last one.
    ///
    /// @throws InvalidTaskException if there is one of this id, or one that it depends on is missing
    public CoordinationState addTask(Task task) {
        if (task(task.id()).isPresent()) {
            throw new InvalidTaskException("There is a task " + task.id() + " already.");
        }
        for (String needed : task.dependencies()) {
            if (task(needed).isEmpty()) {
                throw new InvalidTaskException(
                        "Task " + task.id() + " depends on " + needed + ", which is not there.");
            }
        }
        List<Task> more = new ArrayList<>(tasks);
        more.add(task);
        return withTasks(more);
    }

    /// The task takes the place of the one of its id.
    ///
    /// @throws TaskNotFoundException if there is none
    public CoordinationState withTask(Task task) {
        if (task(task.id()).isEmpty()) {
            throw new TaskNotFoundException(task.id());
        }
        return withTasks(
                tasks.stream().map(old -> old.id().equals(task.id()) ? task : old).toList());
    }

    CoordinationState withTasks(List<Task> others) {
        return new CoordinationState(
                goal,
                masterPlan,
                workingDirectory,
                others,
                agents,
                discoveries,
                maxParallelWorkers,
                taskTimeout,
                createdAt,
                lastActivity);
    }

    /// The task of this id.
    public Optional<Task> task(String id) {
        return tasks.stream().filter(task -> task.id().equals(id)).findFirst();
    }

    /// The tasks that can be claimed, the one whose turn it is first, as [Orchestrator#claimTask(String)] gives them: by
    /// priority, then those first on which the longest chain of tasks waits, then as they were added. A leader's estimates,
    /// which no state holds, count for the queue alone.
    public List<Task> availableTasks() {
        Map<String, Task> byId =
                tasks.stream().collect(Collectors.toMap(Task::id, Function.identity()));
        return tasks.stream()
                .filter(task -> task.status() == TaskStatus.AVAILABLE)
                .filter(task ->
                        task.dependencies().stream()
                                .map(byId::get)
                                .allMatch(needed ->
                                        needed != null && needed.status() == TaskStatus.DONE))
                .sorted(turns(byId))
                .toList();
    }

    private Comparator<Task> turns(Map<String, Task> byId) {
        Map<String, Integer> chains = chains(byId);
        return Comparator.comparingInt(Task::priority)
                .thenComparingInt(task -> -chains.getOrDefault(task.id(), 0));
    }

    /// How many tasks the longest chain has that begins with each. Each is measured after all that wait for it.
    private Map<String, Integer> chains(Map<String, Task> byId) {
        Map<String, Integer> unmeasuredWaiters = new HashMap<>();
        tasks.forEach(task ->
                task.dependencies()
                        .forEach(needed -> unmeasuredWaiters.merge(needed, 1, Integer::sum)));
        Map<String, Integer> chains = new HashMap<>();
        Deque<Task> measurable =
                new ArrayDeque<>(
                        tasks.stream()
                                .filter(task -> !unmeasuredWaiters.containsKey(task.id()))
                                .toList());
        while (!measurable.isEmpty()) {
            Task task = measurable.remove();
            int length = chains.merge(task.id(), 1, Integer::sum);
            for (String needed : task.dependencies()) {
                chains.merge(needed, length, Math::max);
                if (unmeasuredWaiters.merge(needed, -1, Integer::sum) == 0) {
                    Optional.ofNullable(byId.get(needed)).ifPresent(measurable::add);
                }
            }
        }
        return chains;
    }

    /// How many tasks there are in each state, and the share that is done.
    public Progress progress() {
        return Progress.of(tasks);
    }
}
