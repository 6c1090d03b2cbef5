package dev.coppice.workspace;

import dev.coppice.git.BranchName;
import dev.coppice.git.Exclusions;
import dev.coppice.git.RefName;
import dev.coppice.model.CommitId;
import dev.coppice.model.JobId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What is known of a workspace beyond what git knows, in a file beside its folder, so that whoever finds the folder
/// later knows whose it is and what must not be committed: `worktree.json` beside `worktree`.
///
/// ```
/// {"job":"0123456789ab","task":"api","number":2,"attempt":1,"slug":"api","branch":"coppice/…/2-api",
///  "baseBranch":"main","base":"2fd4…","excluded":[".venv",".env"],"firstPort":20010,"ports":10}
/// ```
/// Without ports both numbers are 0.
record WorkspaceFile(
        String job,
        String task,
        int number,
        int attempt,
        String slug,
        String branch,
        String baseBranch,
        String base,
        List<String> excluded,
        int firstPort,
        int ports) {

    private static final JsonMapper JSON = new JsonMapper();

    private static Path beside(Path workspace) {
        return workspace.resolveSibling(workspace.getFileName() + ".json");
    }

    /// What was written of the workspace at `path`; empty also where that was cut off.
    static Optional<WorkspaceFile> read(Path path) {
        Path file = beside(path);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(Files.readString(file), WorkspaceFile.class));
        } catch (IOException | JacksonException e) {
            throw new WorkspaceException(file + " can't be read: " + e.getMessage(), e);
        }
    }

    void write(Path path) {
        Path file = beside(path);
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.writeString(next, JSON.writeValueAsString(this));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new WorkspaceException(file + " can't be written: " + e, e);
        }
    }

    static void delete(Path path) {
        try {
            Files.deleteIfExists(beside(path));
        } catch (IOException e) {
            throw new WorkspaceException(beside(path) + " can't be deleted: " + e, e);
        }
    }

    RefName rescueRef() {
        return Rescued.ref(new JobId(job), number, attempt);
    }

    CommitId baseCommit() {
        return new CommitId(base);
    }

    BranchName branchName() {
        return new BranchName(branch);
    }

    Exclusions exclusions() {
        return Exclusions.of(excluded);
    }

    Optional<PortBlock> portBlock() {
        return ports == 0 ? Optional.empty() : Optional.of(new PortBlock(firstPort, ports));
    }
}
