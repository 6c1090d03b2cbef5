package dev.coppice.server.rest;

import dev.coppice.runtime.Coppice;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes the folders of jobs that ended long ago, now and every hour, in a thread of its own until it is closed.
final class Retention implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final Duration EVERY = Duration.ofHours(1);

    private final Coppice coppice;
    private final Duration kept;
    private final InstantSource clock;
    private final ScheduledExecutorService hours =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("retention").factory());

    /// @param kept so long folders are kept behind their jobs' ends
    Retention(Coppice coppice, Duration kept, InstantSource clock) {
        this.coppice = coppice;
        this.kept = kept;
        this.clock = clock;
        ScheduledFuture<?> _ =
                hours.scheduleWithFixedDelay(
                        this::removeFolders, 0, EVERY.toSeconds(), TimeUnit.SECONDS);
    }

    private void removeFolders() {
        try {
            List<Path> removed = coppice.removeFolders(clock.instant().minus(kept));
            removed.forEach(folder -> LOG.info("Removed {}, whose job ended long ago", folder));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) { // the next hour tries again
            LOG.warn("Folders of jobs that ended long ago can't be removed now", e);
        }
    }

    @Override
    public void close() {
        hours.shutdownNow();
        hours.close();
    }
}
