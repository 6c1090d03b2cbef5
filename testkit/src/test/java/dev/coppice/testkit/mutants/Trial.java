package dev.coppice.testkit.mutants;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import dev.coppice.testkit.simulation.Simulation;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/// Runs the stories of schedule and engine and some simulations on whatever core its class path holds,
/// and tells by its exit code whether it stood them: 0 when it did.
final class Trial {
    private static final int SEEDS = 500;

    private Trial() {}

    public static void main(String[] args) {
        LauncherDiscoveryRequest stories =
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(
                                selectPackage("dev.coppice.schedule"),
                                selectPackage("dev.coppice.engine"))
                        .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(stories, listener);
        TestExecutionSummary summary = listener.getSummary();
        summary.printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8), 3);
        System.out.printf(
                Locale.ROOT,
                "%d of %d stories failed%n",
                summary.getTotalFailureCount(),
                summary.getTestsFoundCount());
        if (summary.getTotalFailureCount() > 0 || summary.getTestsFoundCount() == 0) {
            System.exit(1);
        }
        for (int seed = 1; seed <= SEEDS; seed++) {
            Simulation.run(seed);
        }
        System.exit(0);
    }
}
