package dev.coppice.workspace;

import dev.coppice.git.BranchName;
import dev.coppice.git.Checkout;
import dev.coppice.git.Exclusions;
import dev.coppice.git.RefName;
import dev.coppice.model.CommitId;
import dev.coppice.model.JobId;
import dev.coppice.model.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What is known of a workspace beyond what git knows, in a file beside its folder, so that whoever finds the folder
/// later knows whose it is and what must not be committed: `worktree.json` beside `worktree`.
///
/// ```
/// {"job":"0123456789ab","task":"api","number":2,"attempt":1,"slug":"api","branch":"coppice/…/2-api",
///  "baseBranch":"main","base":"2fd4…","excluded":[".venv",".env"],"firstPort":20010,"ports":10}
/// ```
/// Without ports both numbers are 0. On no branch `branch` is empty.
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

    private static final Logger LOG = LoggerFactory.getLogger(WorkspaceFile.class);
    private static final JsonMapper JSON = new JsonMapper();

    /// @throws IllegalArgumentException unless everything in it has its form
    WorkspaceFile {
        TaskId _ = new TaskId(task);
        if (!branch.isEmpty()) {
            BranchName _ = new BranchName(branch);
        }
        CommitId _ = new CommitId(base);
        RefName _ = Rescued.ref(new JobId(job), number, new Slug(slug), attempt);
        excluded = List.copyOf(Exclusions.of(excluded).paths());
        if (number < 0 || attempt < 1 || baseBranch.isEmpty() || ports < 0) {
            throw new IllegalArgumentException("not what is known of a workspace");
        }
        if (ports > 0) {
            PortBlock _ = new PortBlock(firstPort, ports);
        }
    }

    private static Path beside(Path workspace) {
        return workspace.resolveSibling(workspace.getFileName() + ".json");
    }

    /// What was written of the workspace at `path`; empty also where that can't be read, or was cut off or changed: then
    /// nothing is known of it.
    static Optional<WorkspaceFile> read(Path path) {
        Path file = beside(path);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(JSON.readValue(Files.readString(file), WorkspaceFile.class));
        } catch (IOException | JacksonException e) {
            LOG.warn("{} says nothing of its workspace: {}", file, e.toString());
            return Optional.empty();
        }
    }

    void write(Path path) {
        Path file = beside(path);
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.write(next, JSON.writeValueAsBytes(this));
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
        return Rescued.ref(new JobId(job), number, new Slug(slug), attempt);
    }

    CommitId baseCommit() {
        return new CommitId(base);
    }

    Optional<BranchName> on() {
        return Optional.of(branch).filter(name -> !name.isEmpty()).map(BranchName::new);
    }

    /// Whether all that is in a workspace, as it is now, is on its branch, or it has none and nothing was done in it.
    boolean isAllKeptBy(Checkout checkout) {
        return on().map(branch -> checkout.isCommittedOn(branch, exclusions()))
                .orElseGet(() -> checkout.isUntouchedAt(baseCommit(), exclusions()));
    }

    Exclusions exclusions() {
        return Exclusions.of(excluded);
    }

    Optional<PortBlock> portBlock() {
        return ports == 0 ? Optional.empty() : Optional.of(new PortBlock(firstPort, ports));
    }
}
