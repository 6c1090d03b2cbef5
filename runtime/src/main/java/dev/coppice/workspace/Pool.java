package dev.coppice.workspace;

import dev.coppice.git.Checkout;
import dev.coppice.git.Git;
import dev.coppice.git.GitException;
import dev.coppice.git.SpareWorktrees;
import dev.coppice.model.CommitId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The spare worktrees that this process holds: some ready, some still being made. Safe for use by many threads.
///
/// On disk: `<folder>/<holder>/<n>` is a worktree, and `<folder>/<holder>.lock` is locked as long as the holder lives. So
/// what a dead process left is found, and taken over, by the next.
final class Pool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pool.class);

    private final Git git;
    private final SpareWorktrees spares;
    private final Path folder;
    private final int max;
    private final String holder = UUID.randomUUID().toString();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore making =
            new Semaphore(Runtime.getRuntime().availableProcessors(), true);

    /// Guarded by this object, as are the two fields below.
    private final Deque<Future<Optional<Checkout>>> queue = new ArrayDeque<>();

    private int made;
    private Optional<FileChannel> life = Optional.empty();

    /// @param folder for spare worktrees, of this process and others
    /// @param max how many are held at most
    Pool(Git git, Path folder, int max) {
        this.git = git;
        this.spares = git.spareWorktrees();
        this.folder = folder;
        this.max = max;
    }

    /// Makes something into a spare worktree at a free place that is given to it; empty if that can't be.
    @FunctionalInterface
    interface Maker {
        Optional<Checkout> makeAt(Path place) throws InterruptedException;
    }

    /// Begins to make spare worktrees, until there are `count`, at most the pool's `max`. Returns at once.
    synchronized void warm(int count, CommitId at) {
        if (life.isEmpty()) {
            leftByTheDead().forEach(left -> enqueue(place -> spares.giveBack(left, place, at)));
        }
        while (queue.size() < Math.min(count, max)) {
            enqueue(place -> spares.make(place, at));
        }
    }

    /// Begins to make something a spare worktree. False, and nothing done, if there are enough.
    synchronized boolean offer(Maker maker) {
        if (queue.size() >= max || threads.isShutdown()) {
            return false;
        }
        enqueue(maker);
        return true;
    }

    /// Something to be done with a worktree that is no longer needed.
    @FunctionalInterface
    interface Work {
        void run() throws InterruptedException;
    }

    /// Does something in the background, which [#close()] waits for. What goes wrong is logged: the worktree then stays
    /// until it is cleaned.
    void later(Work work) {
        threads.execute(() -> {
            try {
                making.acquire();
                try {
                    work.run();
                } finally {
                    making.release();
                }
            } catch (GitException | WorkspaceException | UncheckedIOException e) {
                LOG.warn("a worktree that is no longer needed stays", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private synchronized void enqueue(Maker maker) {
        begin();
        Path place = folder.resolve(holder).resolve(Integer.toString(made++));
        queue.add(
                threads.submit(() -> {
                    making.acquire();
                    try {
                        return maker.makeAt(place);
                    } finally {
                        making.release();
                    }
                }));
    }

    /// Takes a spare worktree out of the pool: the first that is ready, else the first to be. Empty if there is none.
    Optional<Checkout> take() throws InterruptedException {
        while (true) {
            Optional<Future<Optional<Checkout>>> next = next();
            if (next.isEmpty()) {
                return Optional.empty();
            }
            try {
                Optional<Checkout> spare = next.get().get();
                if (spare.isPresent()) {
                    return spare;
                }
            } catch (ExecutionException e) {
                LOG.warn("no spare worktree could be made", e.getCause());
            } catch (InterruptedException e) {
                putBack(next.get());
                throw e;
            }
        }
    }

    private synchronized Optional<Future<Optional<Checkout>>> next() {
        Iterator<Future<Optional<Checkout>>> all = queue.iterator();
        while (all.hasNext()) {
            Future<Optional<Checkout>> one = all.next();
            if (one.isDone()) {
                all.remove();
                return Optional.of(one);
            }
        }
        return Optional.ofNullable(queue.poll());
    }

    private synchronized void putBack(Future<Optional<Checkout>> spare) {
        queue.addFirst(spare);
    }

    /// Claims the holder's folder before the first use.
    private void begin() {
        if (life.isPresent()) {
            return;
        }
        try {
            Files.createDirectories(folder.resolve(holder));
            FileChannel channel =
                    FileChannel.open(
                            lockOf(holder), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock _ = channel.lock();
            life = Optional.of(channel);
        } catch (IOException e) {
            throw new UncheckedIOException("no spare worktrees can be held in " + folder, e);
        }
    }

    private Path lockOf(String someone) {
        return folder.resolve(someone + ".lock");
    }

    /// The spare worktrees whose holder is gone. Its lock is left behind, free, so that another process that sees them
    /// at the same time takes the same way, of which git lets one succeed.
    private List<Checkout> leftByTheDead() {
        List<Checkout> left = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return left;
        }
        List<Path> listed =
                git.worktrees().list().stream().map(worktree -> worktree.folder()).toList();
        try (DirectoryStream<Path> holders = Files.newDirectoryStream(folder, "*.lock")) {
            for (Path lock : holders) {
                String name = lock.getFileName().toString();
                Path dead = folder.resolve(name.substring(0, name.length() - ".lock".length()));
                if (isFree(lock)) {
                    listed.stream()
                            .filter(worktree -> worktree.startsWith(dead))
                            .filter(Files::isDirectory)
                            .map(git.worktrees()::at)
                            .forEach(left::add);
                }
            }
            return left;
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " can't be read", e);
        }
    }

    private static boolean isFree(Path lock) throws IOException {
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock held = channel.tryLock()) {
            return held != null;
        } catch (OverlappingFileLockException _) {
            return false; // another pool of this very process holds it
        }
    }

    /// Waits for what is under way and removes all spare worktrees.
    @Override
    public void close() {
        threads.close();
        List<Future<Optional<Checkout>>> rest;
        synchronized (this) {
            rest = List.copyOf(queue);
            queue.clear();
        }
        for (Future<Optional<Checkout>> spare : rest) {
            if (spare.state() == Future.State.SUCCESS) {
                spare.resultNow().ifPresent(ready -> git.worktrees().remove(ready.folder()));
            }
        }
        synchronized (this) {
            life.ifPresent(this::end);
            life = Optional.empty();
        }
    }

    private void end(FileChannel channel) {
        try (channel) {
            Tree.delete(folder.resolve(holder));
            Files.deleteIfExists(lockOf(holder));
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " can't be put in order", e);
        }
    }
}
