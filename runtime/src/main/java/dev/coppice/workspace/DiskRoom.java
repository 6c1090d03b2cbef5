package dev.coppice.workspace;

import dev.coppice.git.Git;
import dev.coppice.model.CommitId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The room on a disk, and how much of it workspaces take at least, in bytes.
///
/// @param free what may still be written
/// @param needed by the files of a commit, once for each workspace
public record DiskRoom(long free, long needed) {
    /// Room that is to be left: builds write too.
    private static final long RESERVE = 1L << 30;

    /// The room where `folder` is, for nothing.
    ///
    /// @throws IOException if the disk can't be asked
    public static DiskRoom of(Path folder) throws IOException {
        return new DiskRoom(Files.getFileStore(folder).getUsableSpace(), 0);
    }

    /// The same for so many workspaces of a commit.
    public DiskRoom forWorkspaces(int count, Git git, CommitId at) {
        return new DiskRoom(free, git.commits().bytes(at) * count);
    }

    /// Whether some is left beside what is needed.
    public boolean isEnough() {
        return free - needed >= RESERVE;
    }
}
