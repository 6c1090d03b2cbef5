package dev.coppice.workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// Lets one thread of one process of this machine at a time do something, by a lock on a file that stays.
final class MachineLock {
    /// Static because the system's file locks belong to the whole process: two locks on one file would not
    /// exclude each other. One small entry for each file ever locked.
    private static final ConcurrentHashMap<Path, ReentrantLock> TURNS = new ConcurrentHashMap<>();

    private final Path file;
    private final ReentrantLock turn;

    MachineLock(Path file) {
        this.file = file.toAbsolutePath().normalize();
        this.turn = TURNS.computeIfAbsent(this.file, _ -> new ReentrantLock(true));
    }

    /// What is done under the lock.
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException, InterruptedException;
    }

    /// Does `work`, which never takes long, while nobody else holds the lock.
    ///
    /// @throws UncheckedIOException if the lock's file, or a file of the work's, can't be used
    <T> T holding(Work<T> work) throws InterruptedException {
        return holding(Patience.endless(), work);
    }

    /// Does `work` while nobody else holds the lock. It is waited for as long as the patience lasts.
    ///
    /// @throws UncheckedIOException if the lock's file, or a file of the work's, can't be used
    <T> T holding(Patience patience, Work<T> work) throws InterruptedException {
        String what = "waiting for " + file;
        patience.lock(turn, what);
        try {
            Files.createDirectories(file.getParent());
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                // the lock goes with the channel
                patience.<IOException>until(() -> channel.tryLock() != null, what);
                return work.run();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("under the lock " + file + ": " + e, e);
        } finally {
            turn.unlock();
        }
    }
}
