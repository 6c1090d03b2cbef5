package dev.coppice.workspace;

import java.nio.file.Path;
import java.util.List;

/// What `clean` did.
///
/// @param workspaces the worktrees that were removed
/// @param branches the branches that were deleted, by their names
/// @param rescued the rescue refs that were deleted, by their names
/// @param kept what was looked at and stays
public record Cleaning(
        List<Path> workspaces, List<String> branches, List<String> rescued, List<Kept> kept) {
    public Cleaning {
        workspaces = List.copyOf(workspaces);
        branches = List.copyOf(branches);
        rescued = List.copyOf(rescued);
        kept = List.copyOf(kept);
    }

    /// Something that stays.
    ///
    /// @param what the folder of a worktree, or the name of a branch or ref
    /// @param why for a person
    public record Kept(String what, String why) {}
}
