package dev.coppice.library.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Interrupts at many moments: whatever they break off, a program sees one of the exceptions that it was told of.
@Timeout(600)
class InterruptsTest {
    private static final int TIMES = 12;

    @TempDir(cleanup = CleanupMode.NEVER)
    Path scratch;

    /// What a program does with an orchestrator.
    @FunctionalInterface
    private interface Use {
        void of(Orchestrator orchestrator) throws InterruptedException;
    }

    @Test
    void initializeEndsAsItSays() throws Exception {
        Scene scene = new Scene(scratch);
        for (int i = 0; i < TIMES; i++) {
            try (Orchestrator orchestrator = scene.builder().build()) {
                assertWaiting(interrupted(orchestrator, i * 4, o -> o.initialize("The next goal")));
            }
        }
    }

    @Test
    void aRunEndsAsItSays() throws Exception {
        Scene scene = new Scene(scratch);
        for (int i = 0; i < TIMES; i++) {
            try (Orchestrator orchestrator = scene.begun()) {
                orchestrator.addTask(Scene.script("Write", "write x\n| x\n"));

                assertWaiting(
                        interrupted(orchestrator, i * 25, Orchestrator::runWithPredefinedTasks));

                assertThat(orchestrator.health().isRunning()).isFalse();
                orchestrator.addTask("More");
            }
        }
    }

    @Test
    void loadStateEndsAsItSays() throws Exception {
        Scene scene = new Scene(scratch);
        String file = scratch.resolve("state.json").toString();
        try (Orchestrator orchestrator = scene.begun()) {
            orchestrator.addTask("Create User model");
            orchestrator.claimTask("ann").ifPresent(t -> orchestrator.failTask(t.id(), "no"));
            orchestrator.saveState(file);
        }
        for (int i = 0; i < TIMES; i++) {
            try (Orchestrator orchestrator = scene.builder().build()) {
                assertWaiting(interrupted(orchestrator, i * 6, o -> o.loadState(file)));
            }
        }
    }

    @Test
    void whatDoesNotWaitForAgentsSaysSoToo() throws Exception {
        Scene scene = new Scene(scratch);
        try (Orchestrator orchestrator = scene.begun()) {
            for (int i = 0; i < TIMES; i++) {
                interrupted(orchestrator, i, InterruptsTest::manyTasks)
                        .ifPresent(e ->
                                assertThat(e)
                                        .isInstanceOf(OrchestrationException.class)
                                        .hasMessageStartingWith("The thread was interrupted."));
            }
        }
    }

    private static void manyTasks(Orchestrator orchestrator) {
        for (int i = 0; i < 20; i++) {
            orchestrator.addTask("Create User model");
        }
    }

    /// What comes of it where its thread is interrupted after some milliseconds; empty: nothing was thrown.
    private static Optional<Throwable> interrupted(Orchestrator orchestrator, int millis, Use use) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        Thread thread =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                use.of(orchestrator);
                                end.complete(null);
                            } catch (InterruptedException | RuntimeException e) {
                                end.completeExceptionally(e);
                            }
                        });
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
        thread.interrupt();
        return end.handle((_, thrown) -> Optional.ofNullable(thrown)).join();
    }

    private static void assertWaiting(Optional<Throwable> thrown) {
        thrown.ifPresent(e -> assertThat(e).isInstanceOf(InterruptedException.class));
    }
}
