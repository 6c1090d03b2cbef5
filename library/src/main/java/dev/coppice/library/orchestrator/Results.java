package dev.coppice.library.orchestrator;

import dev.coppice.model.FileChange;
import dev.coppice.model.WorkResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a worker outside brings, in the engine's words.
final class Results {
    private Results() {}

    static WorkResult workResult(TaskResult result) {
        WorkResult words = WorkResult.of(result.output());
        List<FileChange> files = new ArrayList<>();
        add(files, result.filesCreated(), FileChange.Kind.CREATED);
        add(files, result.filesModified(), FileChange.Kind.MODIFIED);
        add(files, result.filesDeleted(), FileChange.Kind.DELETED);
        return new WorkResult(
                words.output(), words.outputCut(), Optional.empty(), Optional.empty(), files);
    }

    private static void add(List<FileChange> files, List<String> paths, FileChange.Kind kind) {
        paths.forEach(path -> files.add(new FileChange(path, kind)));
    }

    static List<dev.coppice.model.Discovery> discoveries(TaskResult result) {
        return result.discoveries().stream()
                .map(text -> new dev.coppice.model.Discovery(text, List.of()))
                .toList();
    }
}
