package dev.coppice.runtime;

import dev.coppice.attempt.AttemptMark;
import dev.coppice.model.JobId;
import dev.coppice.model.TaskId;
import dev.coppice.process.Processes;
import dev.coppice.report.AttemptView;
import dev.coppice.report.JobView;
import dev.coppice.report.StatusText;
import dev.coppice.report.TaskView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/// The agents' processes on this machine, found by their marks.
record AgentProcesses(Processes processes) {
    Map<TaskId, StatusText.Load> loads(JobView job) {
        Map<TaskId, StatusText.Load> loads = new HashMap<>();
        for (TaskView task : job.all().toList()) {
            task.lastAttempt()
                    .filter(AttemptView::isRunning)
                    .flatMap(attempt ->
                            processes.sample(
                                    attempt.process().map(Coppice::identity),
                                    AttemptMark.of(job.id(), task.id(), attempt.number())))
                    .ifPresent(used ->
                            loads.put(
                                    task.id(),
                                    new StatusText.Load(used.cpu(), used.residentBytes())));
        }
        return loads;
    }

    /// @param isAtWork whether somebody drives a job and it is not over; empty where there is no such job
    SortedMap<JobId, List<Long>> leftovers(
            Path repository, Function<JobId, Optional<Boolean>> isAtWork) {
        SortedMap<JobId, List<Long>> leftovers = new TreeMap<>();
        processes
                .marked(AttemptMark.NAME)
                .forEach((pid, mark) ->
                        AttemptMark.job(mark)
                                .ifPresent(job ->
                                        leftovers
                                                .computeIfAbsent(job, _ -> new ArrayList<>())
                                                .add(pid)));
        SortedMap<Long, String> roots = processes.marked(AttemptMark.ROOT);
        leftovers
                .entrySet()
                .removeIf(left -> {
                    boolean isOfRepository =
                            left.getValue().stream()
                                    .anyMatch(pid -> repository.toString().equals(roots.get(pid)));
                    return isAtWork.apply(left.getKey()).orElse(!isOfRepository);
                });
        return leftovers;
    }
}
