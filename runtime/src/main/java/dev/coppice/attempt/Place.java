package dev.coppice.attempt;

import dev.coppice.workspace.Workspace;
import java.nio.file.Path;
import java.util.Map;

/// Where the programs of an attempt stand: a worktree of its own, or the user's folder itself.
///
/// @param variables the whole environment of these programs, but for what an agent's launch adds
record Place(Path folder, Map<String, String> variables) {
    Place {
        variables = Map.copyOf(variables);
    }

    static Place of(Workspace workspace) {
        return new Place(workspace.path(), workspace.variables());
    }
}
