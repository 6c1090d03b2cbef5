package dev.coppice.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.git.Discovery;
import dev.coppice.git.Repositories;
import dev.coppice.model.JobId;
import dev.coppice.process.Processes;
import dev.coppice.testkit.ScratchRepository;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Looks at the user's checkout for attempts that run at the same time.
class UsersCheckoutTest {
    private static final JobId JOB = new JobId("0123456789ab");

    @TempDir Path folder;

    @Test
    void oneLookServesAllAttemptsWhoseProgramsHadEnded() throws Exception {
        ScratchRepository repository = ScratchRepository.in(folder.resolve("repository"));
        try (Processes processes = Processes.open()) {
            UsersCheckout users = checkout(repository, processes);
            try (UsersCheckout.Watching first = users.watch(JOB);
                    UsersCheckout.Watching second = users.watch(JOB)) {
                first.begin();
                second.begin();
                repository.write("early.txt", "by either\n");
                long ended = System.nanoTime();
                assertThat(first.changes(ended)).containsExactly("early.txt");
                repository.write("late.txt", "by whom ever\n");

                assertThat(second.changes(ended)).isEmpty();
                assertThat(second.changes(System.nanoTime())).containsExactly("late.txt");
            }
        }
    }

    @Test
    void aLookThatBeganBeforeAProgramEndedDoesNotServeItsAttempt() throws Exception {
        ScratchRepository repository = ScratchRepository.in(folder.resolve("repository"));
        try (Processes processes = Processes.open()) {
            UsersCheckout users = checkout(repository, processes);
            try (UsersCheckout.Watching first = users.watch(JOB);
                    UsersCheckout.Watching second = users.watch(JOB)) {
                first.begin();
                assertThat(first.changes(System.nanoTime())).isEmpty();
                repository.write("made.txt", "by the second\n");

                assertThat(second.changes(System.nanoTime())).containsExactly("made.txt");
            }
        }
    }

    private static UsersCheckout checkout(ScratchRepository repository, Processes processes) {
        Repositories repositories = new Repositories(processes, repository.environment());
        Discovery found = repositories.discover(repository.path());
        return new UsersCheckout(repositories.open((Discovery.Found) found).checkout());
    }
}
