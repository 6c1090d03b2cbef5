package dev.coppice.git;

import dev.coppice.process.Marker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One repository, seen from the checkout that the user stands in. Safe for use by many threads.
///
/// Get one from [Repositories#open(Discovery.Found)]. Failures that a caller can expect are answers; anything else
/// git refuses is a [GitException].
public final class Git {
    private final GitProgram program;
    private final Discovery.Found place;
    private final RepositoryLock lock;

    /// Of two threads that ask at once, both may find it out.
    private volatile @Nullable Identity committer;

    Git(GitProgram program, Discovery.Found place) {
        this.program = program;
        this.place = place;
        this.lock = RepositoryLock.of(place.commonFolder());
    }

    /// The top folder of the user's checkout.
    public Path topLevel() {
        return place.topLevel();
    }

    /// The git folder that all worktrees of the repository share.
    public Path commonFolder() {
        return place.commonFolder();
    }

    /// Names, and what they stand for.
    public Refs refs() {
        return new Refs(this);
    }

    /// Commits, and the files in them.
    public Commits commits() {
        return new Commits(this);
    }

    /// The repository's worktrees.
    public Worktrees worktrees() {
        return new Worktrees(this);
    }

    /// Worktrees that wait for a task.
    public SpareWorktrees spareWorktrees() {
        return new SpareWorktrees(this);
    }

    /// The repositories within the repository.
    public Submodules submodules() {
        return new Submodules(this);
    }

    /// Whether the git-lfs program is there; without it large files stay pointers.
    public boolean hasLargeFileStorage() {
        return program.hasLfs();
    }

    /// What git ignores in the user's checkout.
    public IgnoredFiles ignoredFiles() {
        return new IgnoredFiles(this);
    }

    /// The user's checkout.
    public Checkout checkout() {
        return new Checkout(this, place.topLevel(), place.gitFolder());
    }

    /// The commands that merging is made of.
    public MergeCommands mergeCommands() {
        return new MergeCommands(this);
    }

    /// The way into a branch of the user's.
    public Landing landing() {
        return new Landing(this);
    }

    /// The user as git's configuration or environment know them, if they do.
    public Optional<Identity> user() {
        Map<String, String> known = new HashMap<>();
        for (String field :
                call("config", "-z", "--get-regexp", "^(user|committer)\\.(name|email)$")
                        .answer()
                        .fields()) {
            String[] keyAndValue = field.split("\n", 2);
            known.put(keyAndValue[0], keyAndValue.length > 1 ? keyAndValue[1] : "");
        }
        String name =
                firstOf(
                        program.variable("GIT_COMMITTER_NAME"),
                        known.getOrDefault("committer.name", ""),
                        known.getOrDefault("user.name", ""));
        String email =
                firstOf(
                        program.variable("GIT_COMMITTER_EMAIL"),
                        known.getOrDefault("committer.email", ""),
                        known.getOrDefault("user.email", ""));
        return name.isBlank() || email.isBlank()
                ? Optional.empty()
                : Optional.of(new Identity(name, email));
    }

    private static String firstOf(String... candidates) {
        for (String candidate : candidates) {
            if (!candidate.isBlank()) {
                return candidate;
            }
        }
        return "";
    }

    /// Who commits: [#user()] if known, else [Identity#COPPICE]. Asked of git once.
    public Identity committer() {
        Identity known = committer;
        if (known == null) {
            known = user().orElse(Identity.COPPICE);
            committer = known;
        }
        return known;
    }

    /// A variable of the user's environment; empty if unset.
    String variable(String name) {
        return program.variable(name);
    }

    RepositoryLock lock() {
        return lock;
    }

    /// A command about the repository, whatever the state of any checkout.
    GitCall call(String... arguments) {
        return ours(program.in(place.commonFolder(), arguments))
                .variable("GIT_DIR", place.gitFolder());
    }

    /// A command in a checkout, which stays there whatever was done to the checkout's `.git`.
    GitCall callIn(Path checkout, Path gitFolder, String... arguments) {
        return in(checkout, arguments)
                .variable("GIT_DIR", gitFolder)
                .variable("GIT_WORK_TREE", checkout);
    }

    /// A command in a folder that finds its repository as any program there would.
    GitCall discovering(Path folder, String... arguments) {
        return in(folder, arguments);
    }

    /// What is begun in the user's own checkout is brought to its end, also when we die.
    private GitCall in(Path folder, String... arguments) {
        GitCall call = program.in(folder, arguments);
        return folder.equals(place.topLevel()) ? call : ours(call);
    }

    private GitCall ours(GitCall call) {
        Marker marker = program.marker(place.commonFolder());
        return call.variable(marker.name(), marker.value());
    }

    /// Ends the git processes of this repository that were left by a process which died: they would go on writing into
    /// worktrees that are no longer theirs.
    ///
    /// @param grace between the polite signal and the other
    /// @return how many could not be ended
    public int endOrphans(Duration grace) {
        return program.endOrphans(place.commonFolder(), grace);
    }
}
