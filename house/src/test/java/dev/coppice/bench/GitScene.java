package dev.coppice.bench;

import dev.coppice.git.Authorship;
import dev.coppice.git.Discovery;
import dev.coppice.git.Git;
import dev.coppice.git.Identity;
import dev.coppice.git.Repositories;
import dev.coppice.model.CommitId;
import dev.coppice.process.Processes;
import dev.coppice.testkit.ScratchRepository;
import java.time.Instant;

/// A scratch repository, and our git on it.
record GitScene(ScratchRepository scratch, Git git) {
    private static final Identity ADA = new Identity("Ada Tester", "ada@example.org");

    static final Authorship AUTHORSHIP =
            new Authorship(ADA, ADA, Instant.parse("2026-11-21T09:30:00Z"));

    GitScene(ScratchRepository scratch, Processes processes) {
        this(scratch, open(new Repositories(processes, scratch.environment()), scratch));
    }

    private static Git open(Repositories repositories, ScratchRepository scratch) {
        return repositories.open((Discovery.Found) repositories.discover(scratch.path()));
    }

    CommitId head() {
        return new CommitId(scratch.head());
    }
}
