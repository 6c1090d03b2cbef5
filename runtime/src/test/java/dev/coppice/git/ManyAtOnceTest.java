package dev.coppice.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.CommitId;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManyAtOnceTest {
    private static final int WORKERS = 16;

    @Test
    void sixteenWorkersAddCommitRescueAndRemoveAtOnceAndNoneIsLost(@TempDir Path temporary)
            throws IOException, InterruptedException, ExecutionException {
        ScratchRepository scratch =
                ScratchRepository.ofFiles(temporary.toRealPath().resolve("repo"), 100);
        byte[] globalBefore = Files.readAllBytes(scratch.globalConfiguration());
        byte[] localBefore = Files.readAllBytes(scratch.path().resolve(".git/config"));
        byte[] indexBefore = Files.readAllBytes(scratch.path().resolve(".git/index"));
        try (OpenedRepository repository = new OpenedRepository(scratch)) {
            Fingerprint before = repository.git().checkout().fingerprint();

            try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<CommitId>> works = new ArrayList<>();
                for (int i = 0; i < WORKERS; i++) {
                    String name = "coppice/j/" + i;
                    // half of them speak to the repository through a door of their own
                    works.add(
                            workers.submit(
                                    i % 2 == 0
                                            ? () -> work(repository, name)
                                            : () -> workAlone(scratch, name)));
                }
                for (int i = 0; i < WORKERS; i++) {
                    assertThat(scratch.git("show", works.get(i).get() + ":done"))
                            .isEqualTo("coppice/j/" + i);
                }
            }

            assertThat(repository.git().refs().under("refs/heads/coppice/")).hasSize(WORKERS);
            assertThat(repository.git().refs().under("refs/coppice/rescue/")).hasSize(WORKERS);
            assertThat(repository.git().worktrees().list()).hasSize(1);
            assertThat(repository.git().checkout().fingerprint()).isEqualTo(before);
        }
        assertThat(Files.readAllBytes(scratch.globalConfiguration())).isEqualTo(globalBefore);
        assertThat(Files.readAllBytes(scratch.path().resolve(".git/config")))
                .isEqualTo(localBefore);
        assertThat(Files.readAllBytes(scratch.path().resolve(".git/index"))).isEqualTo(indexBefore);
        try (Stream<Path> left = Files.list(scratch.path().resolve(".git/coppice"))) {
            assertThat(left).containsExactly(scratch.path().resolve(".git/coppice/lock"));
        }
    }

    private static CommitId workAlone(ScratchRepository scratch, String name) throws IOException {
        try (OpenedRepository repository = new OpenedRepository(scratch)) {
            return work(repository, name);
        }
    }

    private static CommitId work(OpenedRepository repository, String name) throws IOException {
        CommitId start = repository.head();
        Checkout worktree = repository.worktree(name);
        Files.writeString(worktree.folder().resolve("done"), name);
        worktree.rescue(
                new RefName("refs/coppice/rescue/" + name),
                start,
                Exclusions.none(),
                OpenedRepository.AUTHORSHIP,
                CommitMessage.of("Rescued"));
        if (!(worktree.commit(repository.order(name, start)) instanceof Committed.Done done)) {
            throw new AssertionError("not committed: " + name);
        }
        repository.git().worktrees().remove(worktree.folder());
        return done.commit();
    }

    @Test
    void theLockKeepsOutOtherThreadsAndMayBeTakenAgainByItsHolder(@TempDir Path temporary)
            throws InterruptedException, ExecutionException {
        RepositoryLock lock = RepositoryLock.of(temporary);
        int[] count = {0};
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            IntStream.range(0, 50)
                    .forEach(_ ->
                            all.add(
                                    threads.submit(
                                            () -> lock.run(() -> lock.run(() -> count[0]++)))));
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(count[0]).isEqualTo(50);
    }

    @Test
    void theLockIsSeenByOtherProcesses(@TempDir Path temporary)
            throws IOException, InterruptedException {
        RepositoryLock lock = RepositoryLock.of(temporary);
        Path file = temporary.resolve("coppice/lock");
        Files.createDirectories(file.getParent());
        String java = ProcessHandle.current().info().command().orElseThrow();
        Path source = Files.writeString(temporary.resolve("Holder.java"), HOLDER);
        Process other =
                new ProcessBuilder(java, source.toString(), file.toString())
                        .redirectErrorStream(true)
                        .start();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("held");

            Thread waiting = Thread.ofVirtual().start(() -> lock.run(() -> {}));
            assertThat(waiting.join(Duration.ofMillis(300))).isFalse();

            other.getOutputStream().close();
            assertThat(waiting.join(Duration.ofMinutes(2))).isTrue();
        } finally {
            other.destroyForcibly().waitFor();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock free = channel.tryLock()) {
            assertThat(free).isNotNull();
        }
    }

    private static final String HOLDER =
            """
            void main(String[] files) throws Exception {
                try (var channel = java.nio.channels.FileChannel.open(
                                java.nio.file.Path.of(files[0]),
                                java.nio.file.StandardOpenOption.CREATE,
                                java.nio.file.StandardOpenOption.WRITE);
                        var lock = channel.lock()) {
                    System.out.println("held");
                    System.in.read();
                }
            }
            """;
}
