package dev.coppice.git;

import dev.coppice.model.CommitId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The repository's worktrees: ours are added, moved and removed, the user's are only seen. Safe for use by many
/// threads, in this process and others.
public final class Worktrees {
    /// Where git notes the branch that it will come back to.
    private static final List<String> HOLDS =
            List.of("rebase-merge/head-name", "rebase-apply/head-name", "BISECT_START");

    /// A link is a line with a path.
    private static final int LINK_BYTES_MAX = 8_192;

    private final Git git;

    Worktrees(Git git) {
        this.git = git;
    }

    /// A worktree as git lists it.
    ///
    /// @param folder its top folder
    /// @param commit what it stands on, unless its branch has no commit
    /// @param branch the branch it stands on, if it does
    /// @param isLocked whether it may not be removed: by a user's word, or because adding it was cut off
    public record Listed(
            Path folder,
            Optional<CommitId> commit,
            Optional<BranchName> branch,
            boolean isLocked) {}

    /// All worktrees, the main one first; without it in a bare repository.
    public List<Listed> list() {
        List<Listed> worktrees = new ArrayList<>();
        List<String> record = new ArrayList<>();
        for (String field : git.call("worktree", "list", "--porcelain", "-z").done().fields()) {
            if (!field.isEmpty()) {
                record.add(field);
                continue;
            }
            if (!record.contains("bare")) {
                worktrees.add(listed(record));
            }
            record.clear();
        }
        return worktrees;
    }

    private static Listed listed(List<String> record) {
        return new Listed(
                Path.of(value(record, "worktree").orElseThrow()),
                value(record, "HEAD")
                        .filter(id -> !id.equals(ObjectIds.noneLike(id)))
                        .map(CommitId::new),
                value(record, "branch").flatMap(ref -> new RefName(ref).branch()),
                value(record, "locked").isPresent());
    }

    private static Optional<String> value(List<String> record, String key) {
        return record.stream()
                .filter(field -> field.equals(key) || field.startsWith(key + " "))
                .map(field -> field.equals(key) ? "" : field.substring(key.length() + 1))
                .findFirst();
    }

    /// Makes a worktree in `folder`, which must be missing or empty, on the new branch `branch` at `at`.
    public Checkout add(Path folder, BranchName branch, CommitId at) {
        return addWith(folder, List.of("-b", branch.value()), at.value());
    }

    /// Makes a worktree in `folder`, which must be missing or empty, on an existing branch that is in use nowhere.
    public Checkout addOn(Path folder, BranchName branch) {
        return addWith(folder, List.of(), branch.value());
    }

    /// Makes a worktree in `folder`, which must be missing or empty, that stands on a commit and on no branch.
    public Checkout addDetached(Path folder, CommitId at) {
        return addWith(folder, List.of("--detach"), at.value());
    }

    private Checkout addWith(Path folder, List<String> options, String revision) {
        Path place = made(folder);
        GitCall add =
                git.call("worktree", "add", "--quiet", "--no-checkout")
                        .with(options.contains("-b") ? List.of("--no-track") : List.of())
                        .with(options)
                        .with("--", place, revision);
        git.lock().run(add::done);
        Checkout checkout = at(place);
        checkout.fill();
        return checkout;
    }

    /// The worktree whose top folder `folder` is.
    ///
    /// @throws GitException if the repository has none there
    public Checkout at(Path folder) {
        Path place = real(folder);
        return gitFolder(place)
                .map(gitFolder -> new Checkout(git, place, gitFolder))
                .orElseThrow(() -> new GitException(folder + " is not a worktree of " + home()));
    }

    /// Moves a worktree of ours to a place where nothing is.
    public Checkout move(Checkout from, Path to) {
        requireOurs(from.folder());
        Path place = made(to);
        GitCall move = git.call("worktree", "move").with(from.folder(), place);
        git.lock().run(move::done);
        return at(place);
    }

    /// Removes a worktree of ours with all that is in it; its branch stays. What is worth keeping must be committed
    /// or rescued before. Where there is no such worktree (any more) nothing happens.
    ///
    /// The folder goes first, by our own hand: git then has nothing to refuse.
    public void remove(Path folder) {
        Path place = real(folder);
        Optional<Path> gitFolder = gitFolder(place);
        if (gitFolder.isEmpty()) {
            return;
        }
        requireOurs(place);
        Leftovers.delete(place);
        git.lock()
                .run(() -> {
                    if (Files.exists(gitFolder.get().resolve("locked"))) {
                        git.call("worktree", "unlock").with(place).done();
                    }
                    git.call("worktree", "remove").with(place).done();
                });
    }

    /// @throws GitException for the checkout that the user stands in, and for the main one
    void requireOurs(Path place) {
        if (place.equals(git.topLevel()) || gitFolder(place).isEmpty()) {
            throw new GitException(place + " is not a worktree of ours");
        }
    }

    /// Where a branch is in use, if it is: checked out, or on hold during a rebase or bisection there.
    Optional<String> userOf(BranchName branch) {
        return Optional.ofNullable(users().get(branch));
    }

    /// Every branch that is in use, and where.
    Map<BranchName, String> users() {
        Map<BranchName, String> users = new HashMap<>();
        List<Path> gitFolders = new ArrayList<>(gitFolders());
        gitFolders.add(git.commonFolder());
        for (Path gitFolder : gitFolders) {
            for (String mark : HOLDS) {
                String held = firstLine(gitFolder.resolve(mark)).replaceFirst("^refs/heads/", "");
                if (BranchName.problem(held).isEmpty()) {
                    users.put(new BranchName(held), gitFolder + " (" + mark + ")");
                }
            }
        }
        for (Listed worktree : list()) {
            worktree.branch().ifPresent(branch -> users.put(branch, worktree.folder().toString()));
        }
        return users;
    }

    /// The checkout that stands on a branch, if one does.
    Optional<Path> checkedOut(BranchName branch) {
        return list().stream()
                .filter(worktree -> worktree.branch().equals(Optional.of(branch)))
                .map(Listed::folder)
                .findFirst();
    }

    /// The folder that holds the git folders of all linked worktrees.
    Path home() {
        return git.commonFolder().resolve("worktrees");
    }

    private List<Path> gitFolders() {
        if (!Files.isDirectory(home())) {
            return List.of();
        }
        List<Path> folders = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(home())) {
            children.forEach(folders::add);
        } catch (IOException e) {
            throw new UncheckedIOException(home() + " can't be read", e);
        }
        return folders;
    }

    /// The git folder of the linked worktree at `place`: the one in which git's own note names that place, which no
    /// agent's doings in the worktree can change.
    Optional<Path> gitFolder(Path place) {
        Path link = place.resolve(".git");
        Optional<Path> told = linked(place, link).filter(gitFolder -> isOf(gitFolder, link));
        return told.isPresent()
                ? told
                : gitFolders().stream().filter(gitFolder -> isOf(gitFolder, link)).findFirst();
    }

    private static boolean isOf(Path gitFolder, Path link) {
        String noted = firstLine(gitFolder.resolve("gitdir"));
        return gitFolder.resolve(noted).normalize().equals(link);
    }

    /// What the worktree itself says, which is most often true and saves looking at all of them.
    private Optional<Path> linked(Path place, Path link) {
        try {
            if (!Files.isRegularFile(link, LinkOption.NOFOLLOW_LINKS)
                    || Files.size(link) > LINK_BYTES_MAX) {
                return Optional.empty();
            }
            String text = new String(Files.readAllBytes(link), StandardCharsets.UTF_8).strip();
            Path told = place.resolve(text.replaceFirst("^gitdir: ", "")).normalize();
            return Optional.of(told).filter(gitFolder -> home().equals(gitFolder.getParent()));
        } catch (IOException | InvalidPathException _) {
            return Optional.empty(); // an agent may have written anything there
        }
    }

    private static String firstLine(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.readString(file).split("\n", 2)[0] : "";
        } catch (NoSuchFileException _) {
            return ""; // a worktree that another thread or process removed meanwhile
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can't be read", e);
        }
    }

    /// A path as git writes it: absolute and without links.
    private static Path real(Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        if (Files.isSymbolicLink(absolute)) {
            throw new GitException(folder + " is a link, not a worktree's folder");
        }
        try {
            if (Files.exists(absolute)) {
                return absolute.toRealPath();
            }
            Path parent = absolute.getParent();
            return parent == null || !Files.exists(parent)
                    ? absolute
                    : parent.toRealPath().resolve(absolute.getFileName());
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " can't be reached", e);
        }
    }

    private static Path made(Path folder) {
        Path parent = folder.toAbsolutePath().normalize().getParent();
        try {
            if (parent != null) {
                Files.createDirectories(parent);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no folder can be made for " + folder, e);
        }
        return real(folder);
    }
}
