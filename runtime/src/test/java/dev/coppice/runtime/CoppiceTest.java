package dev.coppice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.engine.Driver;
import dev.coppice.lead.PlanReader;
import dev.coppice.model.JobId;
import dev.coppice.model.JobStatus;
import dev.coppice.report.JobView;
import dev.coppice.testkit.ScratchRepository;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Jobs from the request to the merged result, with programs in place of agents.
class CoppiceTest {
    @TempDir Path folder;

    @Test
    void aPlanOfCommandsEndsInOneBranch() throws Exception {
        // given
        ScratchRepository repository = ScratchRepository.ofFiles(folder.resolve("repository"), 20);
        repository.write(
                "coppice.yaml",
                """
                agents:
                  default: script
                  lead: script
                  script: { command: [bash], stdin: description }
                """);
        repository.commit("Configure");
        String plan =
                """
                goal: Write two files and join them
                tasks:
                  - id: a
                    description: echo one > a.txt
                  - id: b
                    description: echo two > b.txt
                  - id: c
                    description: cat a.txt b.txt > c.txt
                    dependencies: [a, b]
                """;

        // when
        JobView job = run(repository, plan);

        // then
        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        assertThat(repository.read(job.resultBranch().orElseThrow(), "c.txt"))
                .isEqualTo("one\ntwo\n");
    }

    private JobView run(ScratchRepository repository, String plan) throws Exception {
        try (Coppice coppice = open(repository)) {
            Preparation prepared =
                    coppice.prepare(
                            new RunOrder(
                                    "",
                                    Optional.of(PlanReader.file("plan.yaml", plan)),
                                    Optional.empty()));
            if (!(prepared instanceof Preparation.Ready ready)) {
                throw new AssertionError(prepared.toString());
            }
            JobId job = coppice.engine().submit(ready.request(), ready.warnings());
            assertThat(coppice.engine().await(job)).isInstanceOf(Driver.Turn.Over.class);
            return coppice.view(job).orElseThrow();
        }
    }

    private Coppice open(ScratchRepository repository) {
        Map<String, String> environment = new HashMap<>(repository.environment());
        environment.put("PATH", System.getenv("PATH"));
        environment.put("COPPICE_HOME", folder.resolve("home/.coppice").toString());
        Surroundings surroundings =
                new Surroundings(
                        repository.path(),
                        folder.resolve("home"),
                        environment,
                        Optional.empty(),
                        InstantSource.system());
        return switch (Coppice.open(surroundings, Optional.empty(), new LinkedHashMap<>())) {
            case Opening.Opened(Coppice coppice) -> coppice;
            case Opening.Refused refused -> throw new AssertionError(refused.toString());
        };
    }
}
