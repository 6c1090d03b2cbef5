package dev.coppice.bench;

import dev.coppice.lead.PlanReader;
import dev.coppice.model.JobId;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Opening;
import dev.coppice.runtime.Preparation;
import dev.coppice.runtime.RunOrder;
import dev.coppice.runtime.Surroundings;
import dev.coppice.testkit.ScratchRepository;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A scratch repository on which jobs run whose agent is the shell: each task's description is what it does.
record JobScene(ScratchRepository scratch, Path home) {
    /// @param configuration further sections of its `coppice.yaml`
    JobScene(ScratchRepository scratch, String configuration) {
        this(scratch, scratch.path().resolveSibling("home"));
        scratch.write(
                "coppice.yaml",
                """
                agents:
                  default: script
                  lead: script
                  script: { command: [sh], stdin: description }
                """
                        + configuration);
        scratch.commit("Configure");
    }

    Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(scratch.environment());
        environment.put("COPPICE_HOME", home.resolve(".coppice").toString());
        return environment;
    }

    /// Opens Coppice as a new process would.
    Coppice open() {
        Surroundings surroundings =
                new Surroundings(
                        scratch.path(),
                        home,
                        environment(),
                        Optional.empty(),
                        InstantSource.system());
        return switch (Coppice.open(surroundings, Optional.empty(), new LinkedHashMap<>())) {
            case Opening.Opened(Coppice coppice) -> coppice;
            case Opening.Refused refused -> throw new IllegalStateException(refused.toString());
        };
    }

    /// Runs a job of so many tasks, each of which writes a file, to its end.
    JobId runSmall(int tasks) throws InterruptedException {
        String plan =
                IntStream.rangeClosed(1, tasks)
                        .mapToObj(n -> "  - description: echo %d > made-%d.txt\n".formatted(n, n))
                        .collect(Collectors.joining("", "goal: Little\ntasks:\n", ""));
        try (Coppice coppice = open()) {
            RunOrder order =
                    new RunOrder(
                            "", Optional.of(PlanReader.file("plan.yaml", plan)), Optional.empty());
            JobId job = coppice.submit(ready(coppice, order));
            coppice.await(job);
            return job;
        }
    }

    static Preparation.Ready ready(Coppice coppice, RunOrder order) throws InterruptedException {
        return switch (coppice.prepare(order)) {
            case Preparation.Ready ready -> ready;
            case Preparation.Refused refused -> throw new IllegalStateException(refused.toString());
        };
    }
}
