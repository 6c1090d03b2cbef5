package dev.coppice.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A real git repository in a folder of the test's own.
///
/// Its git reads a private global configuration file and no system one, so that nothing depends on
/// the machine's user, and nothing of the user's can be changed by accident. Hand [#environment()]
/// to the code under test for the same. Not safe for several threads.
public final class ScratchRepository {
    private static final int FILES_PER_FOLDER = 100;

    /// Who commits; and no housekeeping that git would go on with in the background.
    private static final String CONFIGURATION =
            """
            [user]
            \tname = Ada Tester
            \temail = ada@example.org
            [gc]
            \tauto = 0
            [maintenance]
            \tauto = false
            """;

    private final Path folder;
    private final Map<String, String> environment;

    private ScratchRepository(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = environment;
    }

    /// One that another process made in `folder`.
    public static ScratchRepository existing(Path folder) {
        return new ScratchRepository(folder, environmentWith(configurationBeside(folder)));
    }

    /// An empty repository without a commit, made in `folder`, whose branch will be `trunk`.
    public static ScratchRepository unborn(Path folder) {
        ScratchRepository made = existing(folder);
        try {
            Files.createDirectories(folder);
            Files.writeString(configurationBeside(folder), CONFIGURATION);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        made.git("init", "-q", "-b", "trunk");
        return made;
    }

    /// A repository with one commit of one file, `README.md`, on the branch `trunk`.
    public static ScratchRepository in(Path folder) {
        ScratchRepository made = unborn(folder);
        made.write("README.md", "scratch\n");
        made.commit("Start");
        return made;
    }

    /// A repository with one commit of `count` small text files, `src/d0/f0.txt`, `src/d0/f1.txt` …
    /// with a hundred files a folder, on the branch `trunk`.
    public static ScratchRepository ofFiles(Path folder, int count) {
        ScratchRepository made = unborn(folder);
        for (int i = 0; i < count; i++) {
            made.write(nameOf(i), ("line of file " + i + "\n").repeat(20));
        }
        made.commit("Start with " + count + " files");
        return made;
    }

    /// Another checkout of a repository, such as a worktree that a test has added, with the same configuration.
    public static ScratchRepository at(Path folder, ScratchRepository repository) {
        return new ScratchRepository(folder, repository.environment());
    }

    /// The name of file number `index` in a repository made by [#ofFiles(Path, int)].
    public static String nameOf(int index) {
        return "src/d" + index / FILES_PER_FOLDER + "/f" + index + ".txt";
    }

    /// The checkout's top folder.
    public Path path() {
        return folder;
    }

    /// The file that takes the place of the user's global configuration.
    public Path globalConfiguration() {
        return Path.of(environment.getOrDefault("GIT_CONFIG_GLOBAL", ""));
    }

    /// This process's environment with the variables that point git at the private configuration.
    public Map<String, String> environment() {
        return environment;
    }

    /// Writes a text file, with its folders, and gives its path.
    public Path write(String name, String content) {
        Path file = folder.resolve(name);
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Commits all that is in the checkout, even if that is nothing new, and gives the commit's id.
    public String commit(String message) {
        git("add", "-A");
        git("commit", "-q", "--allow-empty", "-m", message);
        return head();
    }

    /// Makes a branch at `base` with one commit of these files, by name, without touching the
    /// checkout, and gives the commit's id.
    public String branch(String name, String base, Map<String, String> files) {
        StringBuilder stream = new StringBuilder("commit refs/heads/" + name + "\n");
        stream.append("committer Ada Tester <ada@example.org> 1700000000 +0000\n");
        stream.append(data("Work on " + name))
                .append("from ")
                .append(git("rev-parse", base))
                .append('\n');
        files.forEach((file, content) ->
                stream.append("M 100644 inline ").append(file).append('\n').append(data(content)));
        gitWithInput(folder, stream.toString(), List.of("fast-import", "--quiet"));
        return git("rev-parse", "refs/heads/" + name);
    }

    private static String data(String text) {
        return "data " + text.getBytes(StandardCharsets.UTF_8).length + "\n" + text + "\n";
    }

    /// The commit that the checkout stands on.
    public String head() {
        return git("rev-parse", "HEAD");
    }

    /// The text of a file as it is in a revision.
    public String read(String revision, String file) {
        return gitWithInput(folder, "", List.of("cat-file", "blob", revision + ":" + file));
    }

    /// What a git command prints, without white space at its end.
    ///
    /// @throws IllegalStateException with git's errors, if it fails
    public String git(String... arguments) {
        return gitIn(folder, arguments);
    }

    /// As [#git(String...)], in another folder.
    public String gitIn(Path where, String... arguments) {
        return gitWithInput(where, "", List.of(arguments)).stripTrailing();
    }

    private String gitWithInput(Path where, String input, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(arguments);
        try {
            Path errors = Files.createTempFile("scratch-git", ".txt");
            try {
                ProcessBuilder builder = new ProcessBuilder(command).directory(where.toFile());
                builder.environment().clear();
                builder.environment().putAll(environment);
                Process git = builder.redirectError(errors.toFile()).start();
                try (OutputStream standardInput = git.getOutputStream()) {
                    standardInput.write(input.getBytes(StandardCharsets.UTF_8));
                }
                String output =
                        new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (git.waitFor() != 0) {
                    throw new IllegalStateException(
                            String.join(" ", command) + ": " + output + Files.readString(errors));
                }
                return output;
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(String.join(" ", command) + " was interrupted", e);
        }
    }

    private static Path configurationBeside(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ".gitconfig");
    }

    private static Map<String, String> environmentWith(Path configuration) {
        Map<String, String> variables = new HashMap<>(System.getenv());
        variables.keySet().removeIf(name -> name.startsWith("GIT_"));
        variables.put("GIT_CONFIG_GLOBAL", configuration.toString());
        variables.put("GIT_CONFIG_NOSYSTEM", "1");
        variables.put("LC_ALL", "C.UTF-8");
        return Map.copyOf(variables);
    }
}
