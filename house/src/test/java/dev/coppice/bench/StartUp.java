package dev.coppice.bench;

import dev.coppice.testkit.ScratchRepository;
import java.util.List;
import java.util.Map;

/// A short command of the program as its users start it.
///
/// @param argument the command
record StartUp(String argument, Goal goal) implements Row {
    private static final int ROUNDS = 15;

    private static final String PYTHON =
            """
            import argparse, json, subprocess
            parser = argparse.ArgumentParser()
            parser.add_argument('--version', action='version', version='1')
            parser.parse_args(['--version'])
            """;

    @Override
    public int number() {
        return 13;
    }

    @Override
    public String what() {
        return "coppice " + argument;
    }

    @Override
    public String against() {
        return "python3 with argparse, subprocess and json";
    }

    @Override
    public String unit() {
        return "ms";
    }

    @Override
    public Measurement measure(Bench bench) throws Exception {
        ScratchRepository scratch =
                ScratchRepository.ofFiles(bench.folder().resolve("repository"), 100);
        JobScene jobs = new JobScene(scratch, "");
        jobs.runSmall(4);
        Map<String, String> environment = jobs.environment();
        List<String> ours = List.of(bench.home().resolve("coppice").toString(), argument);
        List<String> theirs = List.of("python3", "-c", PYTHON);
        return bench.inTurns(
                ROUNDS,
                () -> Bench.millis(() -> bench.run(scratch.path(), environment, ours)),
                () -> Bench.millis(() -> bench.run(scratch.path(), environment, theirs)));
    }
}
