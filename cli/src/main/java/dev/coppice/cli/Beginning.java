package dev.coppice.cli;

import dev.coppice.git.Discovery;
import dev.coppice.git.Head;
import dev.coppice.git.Repositories;
import dev.coppice.process.Processes;

/// Makes what `run --init` needs to stand on: a repository with a commit.
final class Beginning {
    private Beginning() {}

    static void make(Invocation call) {
        try (Processes processes = Processes.open()) {
            Repositories repositories = new Repositories(processes, call.world().environment());
            Discovery there = repositories.discover(call.world().folder());
            boolean isMissing =
                    there instanceof Discovery.NotARepository
                            || (there instanceof Discovery.Found found
                                    && found.head() instanceof Head.Unborn);
            if (isMissing) {
                Discovery.Found made = repositories.initialise(call.world().folder(), call.now());
                call.out().say("made a first commit of the files in " + made.topLevel());
            }
        }
    }
}
