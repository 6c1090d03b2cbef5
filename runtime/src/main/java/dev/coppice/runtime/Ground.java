package dev.coppice.runtime;

import dev.coppice.git.Discovery;
import dev.coppice.git.Git;
import java.nio.file.Path;

/// What Coppice stands on.
sealed interface Ground {
    /// The checkout's top folder, or the folder itself.
    Path root();

    /// A repository with a checkout.
    record Checkout(Discovery.Found found, Git git) implements Ground {
        @Override
        public Path root() {
            return found.topLevel();
        }
    }

    /// A folder without a repository, in which only tasks without worktrees can run.
    record Folder(Path root) implements Ground {}
}
