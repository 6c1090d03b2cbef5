package dev.coppice.model;

import java.util.List;

/// A job's tasks with their dependencies, checked: ids are distinct, needs name tasks of the plan
/// or of the job it joins, and there is no cycle.
public record Plan(String goal, List<Task> tasks) {
    public Plan {
        tasks = List.copyOf(tasks);
    }
}
