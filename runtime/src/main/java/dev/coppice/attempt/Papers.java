package dev.coppice.attempt;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.folder.JobFolder;
import dev.coppice.folder.JobFolder.TaskFolder;
import dev.coppice.model.Handoff;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/// The files by which a task is given to its agent and its result back: in the task's folder or, for a task that a
/// program handed over, at the top of the worktree, where documents 000 and 001 have them.
record Papers(TaskFolder folder, Optional<Handoff> handoff) {
    private static final String ENVELOPE = "task_envelope.json";
    private static final String RESULT = "task_result.json";

    static Papers of(AttemptOrder order, TaskFolder folder) {
        return new Papers(folder, order.task().handoff());
    }

    Path envelope() {
        return handoff.isPresent() ? folder.worktree().resolve(ENVELOPE) : folder.envelope();
    }

    Path result() {
        return handoff.isPresent() ? folder.worktree().resolve(RESULT) : folder.result();
    }

    /// What of the worktree is no work.
    List<String> reserved() {
        return handoff.isPresent() ? List.of(ENVELOPE, RESULT) : List.of();
    }

    /// Lays the handed-over envelope into the worktree, in place of whatever has its name there.
    void layEnvelope(Handoff handed) throws IOException {
        Files.deleteIfExists(envelope());
        Files.write(
                envelope(),
                handed.envelope().getBytes(StandardCharsets.UTF_8),
                StandardOpenOption.CREATE_NEW);
    }

    /// Lays a result there as the agent would, in place of whatever has its name.
    void layResult(String json) throws IOException {
        JobFolder.make(folder.root());
        Path written = Files.createTempFile(folder.root(), "task_result", ".json"); // the owner's
        Files.write(written, json.getBytes(StandardCharsets.UTF_8));
        Files.move(written, result(), StandardCopyOption.ATOMIC_MOVE);
    }

    /// Takes an earlier run's result away.
    void clearResult() throws IOException {
        Files.deleteIfExists(result());
        Files.deleteIfExists(folder.result());
    }

    /// Keeps a result that lies in the worktree, which will go.
    void keepResult() throws IOException {
        if (handoff.isPresent() && Files.isRegularFile(result(), LinkOption.NOFOLLOW_LINKS)) {
            Files.copy(result(), folder.result(), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
