package dev.coppice.plan;

import dev.coppice.model.TaskId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the tasks of a draft are called, and which task a dependency means. Names that are no
/// valid ids count too, so that one wrong id is one problem and not one for each dependent.
final class TaskNames {
    private static final Pattern ALIAS = Pattern.compile("task-0*([1-9][0-9]{0,8})");

    private final List<TaskId> existing;
    private final Map<String, TaskId> existingByName = new HashMap<>();
    private final Map<String, Integer> positions = new HashMap<>();
    private final List<String> names = new ArrayList<>();

    /// The task that a dependency means.
    sealed interface Target {
        /// The plan's task at this position.
        record Inside(int position) implements Target {}

        /// A task that the job has already.
        record Outside(TaskId id) implements Target {}

        record Unknown() implements Target {}
    }

    TaskNames(List<TaskDraft> tasks, List<TaskId> existing) {
        this.existing = existing;
        existing.forEach(id -> existingByName.put(id.value(), id));
        for (int i = 0; i < tasks.size(); i++) {
            int position = i;
            tasks.get(i).id().ifPresent(id -> positions.putIfAbsent(id, position));
        }
        int spare = existing.size() + tasks.size();
        for (int i = 0; i < tasks.size(); i++) {
            String name = tasks.get(i).id().orElse("task-" + (existing.size() + i + 1));
            while (tasks.get(i).id().isEmpty() && isTaken(name)) {
                spare++;
                name = "task-" + spare;
            }
            positions.putIfAbsent(name, i);
            names.add(name);
        }
    }

    private boolean isTaken(String name) {
        return positions.containsKey(name) || isExisting(name);
    }

    /// Whether a task of the job has this name already.
    boolean isExisting(String name) {
        return existingByName.containsKey(name);
    }

    /// The names in the plan's order.
    List<String> inOrder() {
        return names;
    }

    String of(int position) {
        return names.get(position);
    }

    /// The first task that has the name of the one at `position`.
    int firstOfSameName(int position) {
        return positions.getOrDefault(names.get(position), position);
    }

    /// What `dependency` means in the list of the task at `position`: the id first, then the alias.
    Target resolve(int position, String dependency) {
        Integer inside = positions.get(dependency);
        if (inside != null) {
            return new Target.Inside(inside);
        }
        TaskId outside = existingByName.get(dependency);
        return outside != null
                ? new Target.Outside(outside)
                : byNumber(position, aliasNumber(dependency));
    }

    /// A task can't mean itself by an alias: the first task that is added to a job of one task, and
    /// names `task-1`, means that one.
    private Target byNumber(int position, int number) {
        if (number >= 1 && number <= names.size() && number != position + 1) {
            return new Target.Inside(number - 1);
        }
        if (number >= 1 && number <= existing.size()) {
            return new Target.Outside(existing.get(number - 1));
        }
        return new Target.Unknown();
    }

    /// The 3 of `task-003`; 0 where `text` is no such alias.
    private static int aliasNumber(String text) {
        Matcher alias = ALIAS.matcher(text);
        return alias.matches() ? Integer.parseInt(alias.group(1)) : 0;
    }
}
