package dev.coppice.workspace;

import dev.coppice.process.Child;
import dev.coppice.process.Launch;
import dev.coppice.process.Limits;
import dev.coppice.process.Processes;
import java.time.Duration;

/// Starts the programs that prepare a workspace, and says how long that may take. Who gives one knows what runs, and may
/// end it: the workspace is then not made.
public interface Launching {
    /// As [dev.coppice.process.Processes#start] does.
    Child start(Launch launch);

    /// What a program that starts now may take.
    Limits limits();

    /// Whether the time for the workspace is up.
    boolean isTimeUp();

    /// Whether nobody wants the workspace any more.
    boolean isStopped();

    /// Starts programs that nobody ends, each of which has all the time that is ever given to one.
    static Launching by(Processes processes) {
        return new Launching() {
            @Override
            public Child start(Launch launch) {
                return processes.start(launch);
            }

            @Override
            public Limits limits() {
                return Limits.of(Duration.ofDays(1));
            }

            @Override
            public boolean isTimeUp() {
                return false;
            }

            @Override
            public boolean isStopped() {
                return false;
            }
        };
    }
}
