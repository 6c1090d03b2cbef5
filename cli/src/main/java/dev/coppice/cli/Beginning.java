package dev.coppice.cli;

import dev.coppice.git.Discovery;
import dev.coppice.git.Git;
import dev.coppice.git.Head;
import dev.coppice.git.Repositories;
import dev.coppice.process.Processes;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Preparation;
import dev.coppice.runtime.RunOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Makes what `run --init` needs to stand on: a repository with a commit.
final class Beginning {
    private Beginning() {}

    /// Makes it where it is missing, and only for a job that could run: else nothing is left behind.
    static void make(Invocation call, RunOrder order) throws InterruptedException {
        try (Processes processes = Processes.open()) {
            Repositories repositories = new Repositories(processes, call.world().environment());
            if (isMissing(repositories.discover(call.world().folder()))) {
                make(call, repositories, keyFiles(call, order));
            }
        }
    }

    private static boolean isMissing(Discovery there) {
        return there instanceof Discovery.NotARepository
                || (there instanceof Discovery.Found found && found.head() instanceof Head.Unborn);
    }

    /// Looks at the job as at one without worktrees, which needs no commit, and returns the files that have the
    /// server's key in them.
    private static List<Path> keyFiles(Invocation call, RunOrder order)
            throws InterruptedException {
        RunOrder here = new RunOrder(order.request(), order.plan(), Optional.empty());
        try (Coppice coppice = call.openWithoutWorktrees()) {
            if (coppice.prepare(here) instanceof Preparation.Refused refused) {
                throw CommandFailure.of(refused.refusal());
            }
            return coppice.configuration().keyFiles();
        }
    }

    /// A key that is committed would be in every worktree, and so before the eyes of every agent.
    private static void make(Invocation call, Repositories repositories, List<Path> keyFiles) {
        Discovery.Found made =
                repositories.initialise(
                        call.world().folder(), call.now(), keyFiles.toArray(Path[]::new));
        call.out().say("made a first commit of the files in " + made.topLevel());
        Git git = repositories.open(made);
        for (Path file : keyFiles) {
            if (file.startsWith(made.topLevel()) && !git.checkout().isTracked(file)) {
                call.out()
                        .say(
                                "%s is not part of it, since api.api_key stands in it; .git/info/exclude keeps it out"
                                        .formatted(made.topLevel().relativize(file)));
            }
        }
    }
}
