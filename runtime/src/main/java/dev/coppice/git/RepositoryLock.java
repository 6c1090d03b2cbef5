package dev.coppice.git;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// The right to write a repository's shared refs and list of worktrees: one holder in this process, in
/// order of arrival, and one process, by a lock on `coppice/lock` in the common git folder. The holder may
/// take it again.
final class RepositoryLock {
    /// Static because the system's file locks belong to the whole process: two locks on one file would not
    /// exclude each other. One small entry for each repository ever used.
    private static final ConcurrentHashMap<Path, RepositoryLock> LOCKS = new ConcurrentHashMap<>();

    private final Path file;
    private final ReentrantLock turn = new ReentrantLock(true);

    private RepositoryLock(Path file) {
        this.file = file;
    }

    /// The lock of the repository with this common git folder.
    static RepositoryLock of(Path commonFolder) {
        return LOCKS.computeIfAbsent(
                commonFolder.resolve("coppice").resolve("lock"), RepositoryLock::new);
    }

    /// Does `work` while nobody else holds the lock.
    ///
    /// @throws GitException if the lock's file can't be opened, or the thread is interrupted while it waits
    <T> T holding(Supplier<T> work) {
        try {
            turn.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GitException("interrupted while waiting for " + file, e);
        }
        try {
            return turn.getHoldCount() > 1 ? work.get() : holdingFile(work);
        } finally {
            turn.unlock();
        }
    }

    private <T> T holdingFile(Supplier<T> work) {
        try {
            Files.createDirectories(file.getParent());
            try (FileChannel channel =
                            FileChannel.open(
                                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                return work.get();
            }
        } catch (IOException e) {
            throw new GitException("the lock " + file + " can't be taken: " + e, e);
        }
    }

    /// As [#holding(Supplier)], for work without a result.
    void run(Runnable work) {
        holding(() -> {
            work.run();
            return true;
        });
    }
}
