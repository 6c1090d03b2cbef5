package dev.coppice.workspace;

import dev.coppice.git.Checkout;
import dev.coppice.git.Git;
import dev.coppice.model.CommitId;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The worktrees of this process that wait for a task: some ready, some still being made. Safe for use by many threads.
final class Pool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pool.class);

    private final Git git;
    private final SpareFolder folder;
    private final int max;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /// As many checkouts at once as there are cores: more only wait for each other.
    private final Semaphore making =
            new Semaphore(Runtime.getRuntime().availableProcessors(), true);

    /// Guarded by this object, as are the fields below.
    private final Deque<Future<Optional<Checkout>>> queue = new ArrayDeque<>();

    private Optional<SpareFolder.Holder> holder = Optional.empty();
    private boolean isClosed;

    /// @param max how many wait at most
    Pool(Git git, SpareFolder folder, int max) {
        this.git = git;
        this.folder = folder;
        this.max = max;
    }

    /// Makes something into a spare worktree at the place that is given to it; empty if that can't be.
    @FunctionalInterface
    interface Maker {
        Optional<Checkout> makeAt(Path place) throws InterruptedException;
    }

    /// Begins to make worktrees, until `count` wait, at most the pool's `max`. Takes over what dead processes left. Returns
    /// at once.
    synchronized void warm(int count, CommitId at) {
        if (holder.isEmpty()) {
            git.worktrees().list().stream()
                    .map(worktree -> worktree.folder())
                    .filter(path -> folder.isIn(path) && !folder.isHeld(path))
                    .filter(Files::isDirectory)
                    .limit(max)
                    .forEach(left ->
                            enqueue(place ->
                                    git.spareWorktrees()
                                            .giveBack(git.worktrees().at(left), place, at)));
        }
        for (int i = queue.size(); i < Math.min(count, max); i++) {
            enqueue(place -> git.spareWorktrees().make(place, at));
        }
    }

    /// Begins to make something a spare worktree. False, and nothing done, if enough wait, there is no place for it, or the
    /// pool is closed.
    synchronized boolean offer(Maker maker) {
        return queue.size() < max && enqueue(maker);
    }

    /// Something done in the background, from which a worktree may come that can wait for a task.
    @FunctionalInterface
    interface Work {
        Optional<Checkout> run() throws InterruptedException;
    }

    /// Does something in the background, which [#close()] waits for. False, and nothing done, if the pool is closed.
    synchronized boolean later(Work work) {
        if (isClosed) {
            return false;
        }
        Future<Optional<Checkout>> _ = threads.submit(() -> quietly(work));
        return true;
    }

    private synchronized boolean enqueue(Maker maker) {
        if (isClosed) {
            return false;
        }
        Optional<Path> place = place();
        if (place.isEmpty()) {
            return false;
        }
        queue.add(threads.submit(() -> quietly(() -> maker.makeAt(place.get()))));
        return true;
    }

    /// Empty where nothing can be written, as on a full disk: then no worktree waits.
    private synchronized Optional<Path> place() {
        try {
            SpareFolder.Holder own = holder.orElseGet(folder::hold);
            holder = Optional.of(own);
            return Optional.of(own.place());
        } catch (UncheckedIOException e) {
            LOG.warn("no worktree can wait for another task", e);
            return Optional.empty();
        }
    }

    /// What goes wrong in the background is nobody's failure: the next task gets a new worktree.
    private Optional<Checkout> quietly(Work work) throws InterruptedException {
        making.acquireUninterruptibly(); // who waits for the work's end must see it
        try {
            return work.run();
        } catch (RuntimeException e) {
            // The edge of a thread.
            LOG.warn("a worktree can't be made ready for another task", e);
            return Optional.empty();
        } finally {
            making.release();
        }
    }

    /// Takes a worktree out of the pool: the first that is ready, else the first to be. Empty if there is none.
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
                throw new IllegalStateException("the making of a worktree broke off", e.getCause());
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

    /// Waits for what is under way and removes the worktrees that wait.
    @Override
    public void close() {
        refuse();
        threads.close();
        for (Future<Optional<Checkout>> spare : drained()) {
            if (spare.state() == Future.State.SUCCESS) {
                spare.resultNow().ifPresent(ready -> git.worktrees().remove(ready.folder()));
            }
        }
        endHolding();
    }

    private synchronized void refuse() {
        isClosed = true;
    }

    private synchronized List<Future<Optional<Checkout>>> drained() {
        List<Future<Optional<Checkout>>> rest = List.copyOf(queue);
        queue.clear();
        return rest;
    }

    private synchronized void endHolding() {
        holder.ifPresent(SpareFolder.Holder::close);
        holder = Optional.empty();
    }
}
