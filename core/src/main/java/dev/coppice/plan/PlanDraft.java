package dev.coppice.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// What was read as a plan, possibly wrong.
///
/// @param place the whole: a file's name, or `plan`
/// @param problems what could not be read at all: broken syntax, wrong types
/// @param unknownKeys keys beside `goal` and `tasks`, with their places
public record PlanDraft(
        String place,
        Optional<String> goal,
        List<TaskDraft> tasks,
        List<Problem> problems,
        SequencedMap<String, String> unknownKeys) {
    /// The keys that a plan has.
    public static final List<String> KEYS = List.of("goal", "tasks");

    public PlanDraft {
        tasks = List.copyOf(tasks);
        problems = List.copyOf(problems);
        unknownKeys = new LinkedHashMap<>(unknownKeys);
    }

    /// Tasks put together by a program, at `tasks[0]` and so on.
    public static PlanDraft of(String goal, List<TaskDraft.Builder> tasks) {
        List<TaskDraft> placed = new ArrayList<>();
        for (TaskDraft.Builder task : tasks) {
            placed.add(task.build("tasks[" + placed.size() + "]"));
        }
        return new PlanDraft("plan", Optional.of(goal), placed, List.of(), new LinkedHashMap<>());
    }

    /// Nothing could be read, because of `problem`.
    public static PlanDraft unreadable(Problem problem) {
        return new PlanDraft(
                problem.place(),
                Optional.empty(),
                List.of(),
                List.of(problem),
                new LinkedHashMap<>());
    }
}
