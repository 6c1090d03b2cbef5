package dev.coppice.workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Brings into one workspace what git does not: files of the user's checkout, copied or linked. Notes what it brought,
/// since none of it may enter a commit. What the commit has is never replaced.
final class CarriedFiles {
    private final Path checkout;
    private final Path workspace;
    private final List<String> brought = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    CarriedFiles(Path checkout, Path workspace) {
        this.checkout = checkout;
        this.workspace = workspace;
    }

    /// What was brought, as paths from the top.
    List<String> brought() {
        return List.copyOf(brought);
    }

    /// What was asked for and not done, for a person.
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    /// Copies a file or folder that the configuration names.
    ///
    /// @throws WorkspaceException if the name leads out of the checkout or the workspace
    void copy(String name) {
        Path from = Inside.of(checkout, name);
        if (isThere(from)) {
            copyTo(target(name), from);
        } else {
            warnings.add("environment.copy: there is no " + name + " in " + checkout);
        }
    }

    /// Copies what `.worktreeinclude` asks for.
    ///
    /// @param names of ignored files and folders, a folder's with `/` at its end
    void include(List<String> names) {
        for (String name : names) {
            if (!Inside.isName(name)) {
                warnings.add(
                        ".worktreeinclude: not copied, for a strange name: "
                                + name.replaceAll("\\p{Cntrl}", "?"));
                continue;
            }
            Path from = Inside.of(checkout, name);
            // one may lie in another that was copied before
            if (isThere(from)) {
                copyTo(target(name), from);
            }
        }
    }

    /// Links a file or folder that the configuration names.
    ///
    /// @throws WorkspaceException if the name leads out of the checkout or the workspace
    void link(String name) {
        Path from = Inside.of(checkout, name);
        Path to = target(name);
        Optional<String> obstacle = obstacle(name, from, to);
        if (obstacle.isPresent()) {
            warnings.add("environment.link: " + obstacle.get());
            return;
        }
        try {
            Files.createDirectories(to.getParent());
            Files.createSymbolicLink(to, from);
            brought.add(name(to));
        } catch (IOException e) {
            throw new WorkspaceException(name + " can't be linked into " + workspace, e);
        }
    }

    private Optional<String> obstacle(String name, Path from, Path to) {
        if (!isThere(from)) {
            return Optional.of("there is no " + name + " in " + checkout);
        }
        if (isThere(to)) {
            return Optional.of(name + " is in the commit already");
        }
        return linkIntoCheckout(from)
                .map(inner ->
                        name
                                + " is not linked, since "
                                + inner
                                + " in it leads to the checkout's own code, which would be"
                                + " tested instead of the workspace's");
    }

    /// A link in `folder`, or one folder below, that leads to another place of the checkout: so npm and its like
    /// join the packages of one repository.
    private Optional<Path> linkIntoCheckout(Path folder) {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            Path real = folder.toRealPath();
            for (Path child : children(folder)) {
                List<Path> links =
                        Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)
                                ? children(child)
                                : List.of(child);
                for (Path link : links) {
                    if (Files.isSymbolicLink(link) && Files.exists(link)) {
                        Path end = link.toRealPath();
                        if (end.startsWith(checkout.toRealPath()) && !end.startsWith(real)) {
                            return Optional.of(folder.relativize(link));
                        }
                    }
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " can't be looked at", e);
        }
    }

    private void copyTo(Path to, Path from) {
        try {
            if (!isThere(to)) {
                Files.createDirectories(to.getParent());
                Tree.copy(from, to);
                brought.add(name(to));
            } else if (Files.isDirectory(to, LinkOption.NOFOLLOW_LINKS)
                    && Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)) {
                for (Path child : children(from)) {
                    copyTo(to.resolve(child.getFileName()), child);
                }
            }
        } catch (IOException e) {
            throw new WorkspaceException(from + " can't be copied to " + to + ": " + e, e);
        }
    }

    private Path target(String name) {
        Path to = Inside.of(workspace, name);
        if (!Inside.isReal(workspace, to)) {
            throw new WorkspaceException(
                    "leads out of " + workspace + " by a link: '" + name + "'");
        }
        return to;
    }

    private String name(Path to) {
        return workspace.relativize(to).toString();
    }

    private static boolean isThere(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static List<Path> children(Path folder) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(children::add);
        }
        return children;
    }
}
