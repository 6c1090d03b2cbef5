package dev.coppice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.engine.Driver;
import dev.coppice.lead.PlanReader;
import dev.coppice.model.FileChange;
import dev.coppice.model.JobId;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Reason;
import dev.coppice.model.TaskId;
import dev.coppice.plan.Problem;
import dev.coppice.report.JobView;
import dev.coppice.report.TaskView;
import dev.coppice.store.Chain;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Jobs with `isolation: none`, whose tasks run in the user's folder itself.
class FolderJobsTest {
    private static final String CONFIGURATION =
            """
            orchestrator: { isolation: none }
            agents:
              default: script
              lead: planner
              script: { command: [bash], stdin: description }
              planner: { command: [cat, plan.json], stdin: none }
            """;

    @TempDir Path scratch;

    @Test
    void tasksRunInTheFolderItselfAndNeedNoGit() throws Exception {
        // given
        Path folder = folder(CONFIGURATION);

        // when
        JobView job =
                run(
                        folder,
                        """
                        tasks:
                          - {id: a, description: echo one > a.txt}
                          - {id: b, description: cat a.txt, dependencies: [a]}
                        """);

        // then
        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        assertThat(task(job, "b").result().output()).isEqualTo("one\n");
        assertThat(folder.resolve("a.txt")).hasContent("one");
        assertThat(folder.resolve(".git")).doesNotExist();
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve(".coppice"))))
                .isEqualTo("rwx------");
        assertThat(folder.resolve(".coppice/.gitignore")).hasContent("*");
        assertThat(folder.resolve(".coppice/coppice.db")).exists();
        try (Coppice coppice = open(folder)) {
            assertThat(coppice.folder(job).finalResult()).content().contains("completed");
            assertThat(coppice.store().verify(job.id())).isInstanceOf(Chain.Verified.class);
        }
    }

    @Test
    void whatATaskThatExpectsChangesDidIsSeenInTheFolder() throws Exception {
        // given
        Path folder = folder(CONFIGURATION);
        Files.writeString(folder.resolve("old.txt"), "old");
        Files.writeString(folder.resolve("gone.txt"), "gone");

        // when
        JobView job =
                run(
                        folder,
                        """
                        tasks:
                          - id: busy
                            description: echo changed > old.txt; rm gone.txt; mkdir d; echo new > d/new.txt
                            expects: changes
                          - id: idle
                            description: "true"
                            expects: changes
                            dependencies: [busy]
                            max_retries: 0
                        """);

        // then
        assertThat(task(job, "busy").files())
                .containsExactly(
                        new FileChange("d/new.txt", FileChange.Kind.CREATED),
                        new FileChange("old.txt", FileChange.Kind.MODIFIED),
                        new FileChange("gone.txt", FileChange.Kind.DELETED));
        assertThat(task(job, "idle").reason()).contains(Reason.NO_CHANGES);
    }

    @Test
    void aTaskCutOffByACrashIsRunAgainThere() throws Exception {
        // given
        Path folder = folder(CONFIGURATION);
        JobId job;
        try (Coppice coppice = open(folder)) {
            job =
                    coppice.submit(
                            ready(
                                    coppice,
                                    "tasks: [{description: 'if [ -e begun ]; then echo again > done; else touch begun; sleep 600; fi'}]"));
            while (!Files.exists(folder.resolve("begun"))) {
                LockSupport.parkNanos(10_000_000);
            }
        }

        try (Coppice coppice = open(folder)) {
            // when
            coppice.resume(job);

            // then
            assertThat(coppice.await(job)).isInstanceOf(Driver.Turn.Over.class);
            assertThat(coppice.view(job).orElseThrow().status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(folder.resolve("done")).hasContent("again");
        }
    }

    @Test
    void theLeadPlansWhatIsInTheFolder() throws Exception {
        // given
        Path folder = folder(CONFIGURATION);
        Files.writeString(
                folder.resolve("plan.json"),
                "{\"tasks\": [{\"id\": \"one\", \"description\": \"echo planned > made.txt\"}]}");

        // when
        JobView job = run(folder, new RunOrder("Make it", Optional.empty(), Optional.empty()));

        // then
        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        assertThat(folder.resolve("made.txt")).hasContent("planned");
    }

    @Test
    void inARepositoryNeitherBranchesNorCommitsAreMade() throws Exception {
        // given
        ScratchRepository repository = ScratchRepository.ofFiles(scratch.resolve("repository"), 3);
        repository.write("coppice.yaml", CONFIGURATION);
        repository.commit("Configure");
        String head = repository.head();
        Path below = Files.createDirectories(repository.path().resolve("below"));

        // when
        JobView job = run(below, "tasks: [{description: echo one > a.txt}]");

        // then
        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        assertThat(below.resolve("a.txt")).hasContent("one");
        assertThat(repository.head()).isEqualTo(head);
        assertThat(repository.git("branch", "--list", "coppice/*")).isEmpty();
        assertThat(repository.git("status", "--porcelain", "-uall").strip())
                .isEqualTo("?? below/a.txt");
    }

    @Test
    void jobsOfAFolderCanBeLookedAtThoughItIsConfiguredForWorktrees() throws Exception {
        // given
        Path folder = folder(CONFIGURATION);
        JobView job = run(folder, "tasks: [{description: 'true'}]");
        Files.delete(folder.resolve("coppice.yaml"));

        try (Coppice coppice = open(folder)) {
            // when
            List<JobId> jobs = coppice.jobs();
            Preparation another =
                    coppice.prepare(new RunOrder("More", Optional.empty(), Optional.empty()));

            // then
            assertThat(jobs).containsExactly(job.id());
            assertThat(another).isInstanceOf(Preparation.Refused.class);
            assertThat(((Preparation.Refused) another).refusal().problems())
                    .extracting(Problem::toString)
                    .anyMatch(problem -> problem.contains("This is no git repository."));
        }
    }

    private Path folder(String configuration) throws IOException {
        Path folder = Files.createDirectories(scratch.resolve("a folder"));
        Files.writeString(folder.resolve("coppice.yaml"), configuration);
        return folder;
    }

    private Coppice open(Path folder) {
        Surroundings surroundings =
                new Surroundings(
                        folder,
                        scratch.resolve("home"),
                        Map.of(
                                "PATH", System.getenv("PATH"),
                                "COPPICE_HOME", scratch.resolve("home/.coppice").toString()),
                        Optional.empty(),
                        InstantSource.system());
        return switch (Coppice.open(surroundings, Optional.empty(), new LinkedHashMap<>())) {
            case Opening.Opened(Coppice coppice) -> coppice;
            case Opening.Refused refused -> throw new AssertionError(refused.toString());
        };
    }

    private JobView run(Path folder, String plan) throws InterruptedException {
        return run(folder, order(plan));
    }

    private JobView run(Path folder, RunOrder order) throws InterruptedException {
        try (Coppice coppice = open(folder)) {
            JobId job = coppice.submit(ready(coppice, order));
            assertThat(coppice.await(job)).isInstanceOf(Driver.Turn.Over.class);
            return coppice.view(job).orElseThrow();
        }
    }

    private static Preparation.Ready ready(Coppice coppice, String plan)
            throws InterruptedException {
        return ready(coppice, order(plan));
    }

    private static Preparation.Ready ready(Coppice coppice, RunOrder order)
            throws InterruptedException {
        Preparation prepared = coppice.prepare(order);
        if (!(prepared instanceof Preparation.Ready ready)) {
            throw new AssertionError(prepared.toString());
        }
        return ready;
    }

    private static RunOrder order(String plan) {
        return new RunOrder("", Optional.of(PlanReader.file("plan.yaml", plan)), Optional.empty());
    }

    private static TaskView task(JobView job, String id) {
        return job.tasks().stream()
                .filter(t -> t.id().equals(new TaskId(id)))
                .findFirst()
                .orElseThrow();
    }
}
