package dev.coppice.cli;

import dev.coppice.model.Discovery;
import dev.coppice.model.FileChange;
import dev.coppice.model.TaskId;
import dev.coppice.model.WorkResult;
import dev.coppice.runtime.Coppice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// `complete`: a claimed task is done.
final class CompleteCommand implements Action {
    private static final String OUTPUT = "--output";
    private static final String OUTPUT_FILE = "--output-file";
    private static final String CREATED = "--created";
    private static final String MODIFIED = "--modified";
    private static final String DELETED = "--deleted";
    private static final String DISCOVERY = "--discovery";

    @Override
    public void describe(CommandSpec spec) {
        Claimant.describe(spec)
                .parameter("TASK", "Its id")
                .value(OUTPUT, "TEXT", "What came of it, for those who go on from there")
                .value(OUTPUT_FILE, "FILE", "The same, from a file")
                .values(CREATED, "PATH", "A file that was created; may be given several times")
                .values(MODIFIED, "PATH", "A file that was modified")
                .values(DELETED, "PATH", "A file that was deleted")
                .values(DISCOVERY, "TEXT", "What the others should know");
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        try (Coppice coppice = call.open()) {
            Claimant claimant = Claimant.of(call, coppice);
            TaskId task = claimant.task();
            return claimant.told(
                    task,
                    claimant.queue()
                            .complete(task, claimant.name(), result(call), discoveries(call)),
                    "is done");
        }
    }

    private static WorkResult result(Invocation call) {
        WorkResult words =
                WorkResult.of(
                        call.value(OUTPUT_FILE)
                                .map(call::read)
                                .or(() -> call.value(OUTPUT))
                                .orElse(""));
        List<FileChange> files = new ArrayList<>();
        add(files, call.values(CREATED), FileChange.Kind.CREATED);
        add(files, call.values(MODIFIED), FileChange.Kind.MODIFIED);
        add(files, call.values(DELETED), FileChange.Kind.DELETED);
        return new WorkResult(
                words.output(), words.outputCut(), Optional.empty(), Optional.empty(), files);
    }

    private static void add(List<FileChange> files, List<String> paths, FileChange.Kind kind) {
        paths.forEach(path -> files.add(new FileChange(path, kind)));
    }

    private static List<Discovery> discoveries(Invocation call) {
        return call.values(DISCOVERY).stream()
                .filter(text -> !text.isBlank())
                .map(text -> new Discovery(text, List.of()))
                .toList();
    }
}
