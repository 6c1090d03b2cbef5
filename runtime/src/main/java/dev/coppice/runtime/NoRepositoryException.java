package dev.coppice.runtime;

import java.nio.file.Path;

/// Something was asked for that only a repository has, and Coppice stands in a folder without one.
public final class NoRepositoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoRepositoryException(Path folder) {
        super(folder + " is no git repository, so there are no branches and worktrees here.");
    }
}
