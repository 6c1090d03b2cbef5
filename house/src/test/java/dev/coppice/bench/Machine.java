package dev.coppice.bench;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The machine in general terms.
///
/// @param load how many threads wanted a core when the run began, on average over a minute
record Machine(int cores, String system, String java, String git, String python, double load) {
    static Machine here(Bench bench) throws InterruptedException {
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("java.specification.version"),
                version(bench, "git", "version"),
                version(bench, "python3", "--version"),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static String version(Bench bench, String program, String question)
            throws InterruptedException {
        String told =
                bench.run(bench.home(), Map.copyOf(System.getenv()), List.of(program, question));
        return told.substring(told.lastIndexOf(' ') + 1);
    }

    boolean isBusy() {
        return load > cores;
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "%d cores, %s, JDK %s, git %s, Python %s. When the run began, %.1f threads wanted a core (average over a minute)%s",
                cores,
                system,
                java,
                git,
                python,
                load,
                isBusy()
                        ? ": the machine was busy with other work, so that the ratios are rough and the times below say nothing."
                        : ".");
    }
}
