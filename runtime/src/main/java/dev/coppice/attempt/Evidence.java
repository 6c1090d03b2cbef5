package dev.coppice.attempt;

import dev.coppice.agent.AgentEnd;
import dev.coppice.agent.ResultFile;
import dev.coppice.model.Expectation;
import dev.coppice.model.FileChange;
import dev.coppice.model.Handoff;
import dev.coppice.model.Reason;
import dev.coppice.model.Task;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;

/// Whether what a task must show is there. The agent's words count for nothing here.
final class Evidence {
    /// What is missing, for people.
    record Missing(Reason reason, String message) {}

    private Evidence() {}

    /// What is missing of the task's evidence; empty where it is all there.
    ///
    /// @param changes what the attempt changed against its base
    /// @param files all files of the workspace's tree, from its root
    static Optional<Missing> missing(
            Task task, Collection<FileChange> changes, String output, Collection<String> files) {
        if (task.expects() == Expectation.CHANGES && changes.isEmpty()) {
            return Optional.of(
                    new Missing(
                            Reason.NO_CHANGES,
                            "The agent ended without changing any file, and this task expects changes. "
                                    + "If none are needed, give it `expects: report` or `expects: any`."));
        }
        if (task.expects() == Expectation.REPORT && output.isBlank()) {
            return Optional.of(
                    new Missing(
                            Reason.NO_REPORT,
                            "The agent ended without a word, and this task expects a report."));
        }
        List<String> absent =
                task.expectedFiles().stream()
                        .filter(pattern -> !matchesAny(pattern, files))
                        .toList();
        if (!absent.isEmpty()) {
            return Optional.of(
                    new Missing(
                            Reason.MISSING_FILES,
                            "Expected files are missing: " + String.join(", ", absent)));
        }
        return Optional.empty();
    }

    /// What was promised with a task that was handed over, and is neither among the agent's results nor a file.
    static Optional<Missing> missingOutputs(
            Handoff handoff, Optional<ResultFile.Report> report, Collection<String> files) {
        Set<String> results = report.map(ResultFile.Report::results).orElse(Set.of());
        List<String> absent =
                handoff.expectedOutputs().stream()
                        .filter(name -> !results.contains(name) && !matchesAny(name, files))
                        .toList();
        if (absent.isEmpty()) {
            return Optional.empty();
        }
        String names = String.join(", ", absent);
        return Optional.of(
                new Missing(
                        Reason.NO_RESULT,
                        report.isPresent()
                                ? "Expected outputs are missing from task_result.json: " + names
                                : "The agent wrote no task_result.json, and these outputs were"
                                        + " expected: "
                                        + names));
    }

    private static boolean matchesAny(String pattern, Collection<String> files) {
        if (files.contains(pattern)) {
            return true;
        }
        PathMatcher matcher;
        try {
            matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        } catch (PatternSyntaxException _) {
            // plans are checked for this; what is no pattern matches nothing but its own name
            return false;
        }
        return files.stream().map(Path::of).anyMatch(matcher::matches);
    }

    /// What the agent was not allowed to do, which may be why something is missing; empty where there was nothing.
    static String denied(AgentEnd end) {
        return end.denied().isEmpty()
                ? ""
                : " It was not allowed to use: "
                        + String.join("; ", end.denied())
                        + ". `permission` of the agent in the configuration allows it more.";
    }
}
