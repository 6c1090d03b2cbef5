package dev.coppice.git;

import java.nio.file.Path;

/// What was found where the user stands.
public sealed interface Discovery {
    /// A repository with a checkout.
    ///
    /// @param topLevel the checkout's top folder, without links in its path
    /// @param gitFolder the checkout's own git folder
    /// @param commonFolder the git folder that all worktrees of the repository share
    /// @param head where the checkout stands
    record Found(Path topLevel, Path gitFolder, Path commonFolder, Head head)
            implements Discovery {}

    /// A repository without a checkout.
    record Bare(Path folder) implements Discovery {}

    /// No repository, here or above.
    record NotARepository(Path folder) implements Discovery {}

    /// A repository that belongs to another user of the machine, which git refuses to read.
    ///
    /// @param advice git's own words, which name the way out
    record DubiousOwnership(Path folder, String advice) implements Discovery {}

    /// There is no git program on the path.
    record NoGit() implements Discovery {}

    /// The git program is older than [GitVersion#OLDEST].
    record TooOld(GitVersion version) implements Discovery {}
}
