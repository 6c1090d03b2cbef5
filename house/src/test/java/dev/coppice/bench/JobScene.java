package dev.coppice.bench;

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

    static Preparation.Ready ready(Coppice coppice, RunOrder order) throws InterruptedException {
        return switch (coppice.prepare(order)) {
            case Preparation.Ready ready -> ready;
            case Preparation.Refused refused -> throw new IllegalStateException(refused.toString());
        };
    }
}
