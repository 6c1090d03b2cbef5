package dev.coppice.cli;

import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Surroundings;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Something of ours that `clean` does not remove, and that goes when Coppice is uninstalled.
///
/// @param what it is, for people
/// @param command to be typed
record Leftover(String what, String command) {
    private static final String REFS = "refs/coppice/";

    /// All that there is.
    static List<Leftover> of(Surroundings world, Coppice coppice) {
        List<Leftover> left = new ArrayList<>();
        Path top = coppice.repository().topLevel();
        Path own = top.resolve(".coppice");
        Path root =
                top.resolve(coppice.configuration().settings().layout().workspaceRoot())
                        .normalize();
        add(
                left,
                "the jobs' folders, with their reports and logs",
                root.startsWith(own) ? own : root);
        Path store = coppice.repository().commonFolder().resolve("coppice");
        add(left, "the histories of this repository's jobs", store);
        if (!coppice.git().refs().under(REFS).isEmpty()) {
            left.add(
                    new Leftover(
                            "rescued work, which `coppice rescue` lists",
                            "git for-each-ref --format='delete %(refname)' "
                                    + REFS
                                    + " | git update-ref --stdin"));
        }
        add(left, "what is kept for you in all repositories", world.coppiceHome());
        add(left, "the link to the program", InstallCommand.link(world));
        world.launcher()
                .map(Path::getParent)
                .ifPresent(folder -> add(left, "the program itself", folder));
        return left;
    }

    private static void add(List<Leftover> left, String what, Path path) {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            left.add(new Leftover(what, "rm -r " + quoted(path.toString())));
        }
    }

    private static String quoted(String path) {
        return path.matches("[A-Za-z0-9/._-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
    }

    Object json() {
        return Json.object("what", what, "command", command);
    }
}
