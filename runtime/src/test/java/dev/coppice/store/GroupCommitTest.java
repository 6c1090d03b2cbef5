package dev.coppice.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.JobId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupCommitTest {
    private static final Instant AT = Instant.parse("2026-11-21T09:00:00Z");
    private static final int APPENDS = 40;

    @TempDir Path folder;

    @Test
    void theAppendsOfManyJobsShareACommit() throws Exception {
        // given
        Path store = folder.resolve("store.db");
        Stores.open(store).close();
        AtomicInteger commits = new AtomicInteger();
        List<Thread> threads = new CopyOnWriteArrayList<>();
        List<Future<Boolean>> answers = new ArrayList<>();
        try (GroupCommit group = new GroupCommit(StoreFile.of(store), commits::incrementAndGet);
                ExecutorService executor =
                        Executors.newThreadPerTaskExecutor(task -> started(task, threads))) {
            // when: somebody else writes while all of them come
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + store);
                    Statement statement = other.createStatement()) {
                statement.execute("begin immediate");
                for (int i = 0; i < APPENDS; i++) {
                    JobId job = JobId.of(AT, i);
                    answers.add(
                            executor.submit(
                                    () -> group.append(job, 1, AT.toString(), List.of("{}"))));
                }
                while (!threads.stream().allMatch(GroupCommitTest::awaitsItsAnswer)) {
                    Thread.onSpinWait();
                }
                statement.execute("rollback");
            }

            // then
            for (Future<Boolean> answer : answers) {
                assertThat(answer.get()).isTrue();
            }
            assertThat(commits.get())
                    .as("one for those that came first, one for all others")
                    .isLessThanOrEqualTo(2);
        }
    }

    private static Thread started(Runnable task, List<Thread> threads) {
        Thread thread = Thread.ofPlatform().unstarted(task);
        threads.add(thread);
        return thread;
    }

    /// Whether the thread has handed in its append. That it waits does not tell: it may wait for its turn to do so.
    static boolean awaitsItsAnswer(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame ->
                        frame.getClassName().equals(CompletableFuture.class.getName())
                                && frame.getMethodName().equals("get"));
    }
}
