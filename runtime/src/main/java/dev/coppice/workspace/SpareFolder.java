package dev.coppice.workspace;

import dev.coppice.git.Leftovers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Where worktrees wait for a task, those of this process and of others: `<folder>/<holder>/<n>` is a worktree, and
/// `<folder>/<holder>.lock` is locked as long as the holder lives. So what a dead process left is known as such.
final class SpareFolder {
    /// The locks that this process holds. Static because the system's locks belong to the whole process, and are gone as
    /// soon as it closes any channel on the file: one of these must never be opened to look.
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path folder;

    SpareFolder(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    /// Becomes a holder.
    Holder hold() {
        String name = UUID.randomUUID().toString();
        try {
            Path own = Files.createDirectories(folder.resolve(name));
            OWN.add(lockOf(name));
            FileChannel channel =
                    FileChannel.open(
                            lockOf(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock _ = channel.lock(); // until the channel is closed, or the process ends
            return new Holder(own, channel);
        } catch (IOException e) {
            throw new UncheckedIOException("no worktrees can wait in " + folder, e);
        }
    }

    /// A place for the worktrees of this process, until closed.
    final class Holder implements AutoCloseable {
        private final Path own;
        private final FileChannel life;
        private int places;

        private Holder(Path own, FileChannel life) {
            this.own = own;
            this.life = life;
        }

        /// A place where nothing is.
        synchronized Path place() {
            return own.resolve(Integer.toString(places++));
        }

        @Override
        public void close() {
            Path lock = lockOf(own.getFileName().toString());
            try (life) {
                Leftovers.delete(own);
                Files.deleteIfExists(lock);
            } catch (IOException e) {
                throw new UncheckedIOException(own + " can't be deleted", e);
            } finally {
                OWN.remove(lock);
            }
        }
    }

    /// Whether a worktree waits for a task.
    boolean isIn(Path worktree) {
        return worktree.startsWith(folder);
    }

    /// Whether the holder of a worktree that waits lives.
    boolean isHeld(Path worktree) {
        Path lock = lockOf(folder.relativize(worktree).getName(0).toString());
        if (OWN.contains(lock)) {
            return true;
        }
        if (!Files.exists(lock)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock free = channel.tryLock()) {
            return free == null;
        } catch (IOException e) {
            throw new UncheckedIOException(lock + " can't be looked at", e);
        }
    }

    private Path lockOf(String holder) {
        return folder.resolve(holder + ".lock");
    }
}
