package dev.coppice.git;

import dev.coppice.model.CommitId;
import dev.coppice.process.CannotStartException;
import dev.coppice.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// The room's door: finds repositories and opens them. Safe for use by many threads.
public final class Repositories {
    private final GitProgram program;

    /// @param processes runs the git program
    /// @param environment the user's, of which git's own variables are left out (but for those that say where
    ///     the user's configuration lies and who the user is)
    public Repositories(Processes processes, Map<String, String> environment) {
        this.program = new GitProgram(processes, environment);
    }

    /// Finds the repository whose checkout `folder` lies in. Writes nothing and, for what users do wrong,
    /// throws nothing: each case has its own answer.
    public Discovery discover(Path folder) {
        if (!Files.isDirectory(folder)) {
            return new Discovery.NotARepository(folder);
        }
        try {
            GitVersion version = GitVersion.parse(program.in(folder, "version").done().text());
            if (version.compareTo(GitVersion.OLDEST) < 0) {
                return new Discovery.TooOld(version);
            }
        } catch (CannotStartException _) {
            return new Discovery.NoGit();
        }
        return repositoryOf(folder);
    }

    private Discovery repositoryOf(Path folder) {
        GitCall question =
                program.in(folder, "rev-parse", "--is-bare-repository", "--is-inside-work-tree");
        GitAnswer kind = question.answer();
        if (kind.exit() != 0) {
            if (kind.errors().contains("detected dubious ownership")) {
                return new Discovery.DubiousOwnership(folder, kind.errors().strip());
            }
            if (kind.errors().contains("not a git repository")) {
                return new Discovery.NotARepository(folder);
            }
            throw question.failure(kind);
        }
        boolean isBare = kind.lines().get(0).equals("true");
        boolean isCheckout = kind.lines().get(1).equals("true");
        if (isCheckout) {
            return found(folder);
        }
        return isBare ? new Discovery.Bare(folder) : new Discovery.NotARepository(folder);
    }

    private Discovery.Found found(Path folder) {
        // One process, since every start waits for it.
        List<String> paths =
                program.in(folder, "rev-parse", "--path-format=absolute", "--show-toplevel")
                        .with("--absolute-git-dir", "--git-common-dir")
                        .done()
                        .lines();
        if (paths.size() != 3) {
            throw new GitException("the path of " + folder + " has an end of line in it");
        }
        return new Discovery.Found(
                real(paths.get(0)), real(paths.get(1)), real(paths.get(2)), head(folder));
    }

    private static Path real(String printed) {
        try {
            return Path.of(printed).toRealPath();
        } catch (IOException e) {
            throw new GitException("git names " + printed + ", which can't be read: " + e, e);
        }
    }

    private Head head(Path folder) {
        return Heads.read(
                program.in(folder, "symbolic-ref", "--quiet", "HEAD").answer(),
                program.in(folder, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").answer());
    }

    /// Opens a repository that was found.
    public Git open(Discovery.Found found) {
        return new Git(program, found);
    }

    /// Makes sure that `folder` is a repository with a commit: makes the repository unless it lies in one,
    /// and, if there is no commit yet, commits all files that are not ignored.
    ///
    /// @param ours files that git is to ignore from now on
    /// @throws GitException if git refuses, or `folder` lies in a bare repository
    public Discovery.Found initialise(Path folder, Instant when, Path... ours) {
        if (discover(folder) instanceof Discovery.NotARepository) {
            program.in(folder, "init", "--quiet").done();
        }
        if (!(discover(folder) instanceof Discovery.Found found)) {
            throw new GitException(folder + " can't be made a repository with a checkout");
        }
        Git git = open(found);
        for (Path file : ours) {
            git.ignoredFiles().add(file);
        }
        if (found.head() instanceof Head.Unborn(BranchName branch)) {
            program.in(found.topLevel(), "add", "--all").done();
            TreeId tree = new TreeId(program.in(found.topLevel(), "write-tree").done().text());
            Identity user = git.committer();
            CommitId first =
                    git.commits()
                            .write(
                                    new CommitDraft(
                                            tree,
                                            List.of(),
                                            new Authorship(user, user, when),
                                            CommitMessage.of("Initial commit")));
            git.refs().write(List.of(RefUpdate.create(branch.ref(), first)));
            return found(folder);
        }
        return found;
    }
}
