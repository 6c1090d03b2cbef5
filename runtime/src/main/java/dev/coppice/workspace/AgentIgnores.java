package dev.coppice.workspace;

import dev.coppice.git.Exclusions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The file by which the git that an agent runs leaves alone what Coppice put into the workspace, beside the user's own
/// rules: git reads one such file only. It lies beside the workspace (`worktree.ignore` beside `worktree`), since the
/// repository's own `info/exclude` is shared by all worktrees.
final class AgentIgnores {
    private AgentIgnores() {}

    static Path beside(Path workspace) {
        return workspace.resolveSibling(workspace.getFileName() + ".ignore");
    }

    /// @param users the user's own file of rules, if there is one
    static void write(Path workspace, Exclusions exclusions, Optional<Path> users) {
        Path file = beside(workspace);
        try {
            // bytes, since the user's file may be in any encoding
            StringBuilder text = new StringBuilder();
            if (users.isPresent() && Files.isReadable(users.get())) {
                text.append(Files.readString(users.get(), StandardCharsets.ISO_8859_1))
                        .append('\n');
            }
            StringBuilder ours = new StringBuilder();
            exclusions.paths().forEach(path -> ours.append(Exclusions.pattern(path)).append('\n'));
            text.append(
                    new String(
                            ours.toString().getBytes(StandardCharsets.UTF_8),
                            StandardCharsets.ISO_8859_1));
            Files.writeString(file, text, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new WorkspaceException(file + " can't be written: " + e, e);
        }
    }

    static void delete(Path workspace) {
        try {
            Files.deleteIfExists(beside(workspace));
        } catch (IOException e) {
            throw new WorkspaceException(beside(workspace) + " can't be deleted: " + e, e);
        }
    }
}
