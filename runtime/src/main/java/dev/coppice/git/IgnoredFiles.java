package dev.coppice.git;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What git ignores in the user's checkout, and by whose rules. Safe for use by many threads.
public final class IgnoredFiles {
    private final Git git;

    IgnoredFiles(Git git) {
        this.git = git;
    }

    /// Makes git ignore a file or folder in the user's checkout from now on, by the repository's own `info/exclude`.
    /// Nothing happens for one that lies outside of the checkout.
    public void add(Path path) {
        Path top = git.topLevel();
        try {
            Path folder = path.toAbsolutePath().normalize().getParent();
            Path real = folder != null && Files.exists(folder) ? folder.toRealPath() : folder;
            if (real == null || !real.startsWith(top)) {
                return;
            }
            String pattern =
                    Exclusions.pattern(top.relativize(real.resolve(path.getFileName())).toString());
            Path file = git.commonFolder().resolve("info").resolve("exclude");
            String rules = Files.exists(file) ? new String(Files.readAllBytes(file), UTF_8) : "";
            if (rules.lines().noneMatch(pattern::equals)) {
                Files.createDirectories(file.getParent());
                boolean isWhole = rules.isEmpty() || rules.endsWith("\n");
                Files.writeString(
                        file,
                        (isWhole ? "" : "\n") + pattern + "\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(path + " can't be hidden from git in " + top, e);
        }
    }

    /// The ignored files of the user's checkout that a file with patterns in gitignore's form names: paths from the top,
    /// where a folder, with `/` at its end, stands for all that is in it. Empty without such a file.
    public List<String> namedBy(Path patterns) {
        if (!Files.isRegularFile(patterns)) {
            return List.of();
        }
        Exclusions named = Exclusions.of(list("--exclude-from=" + patterns));
        List<String> ignored = list("--exclude-standard");
        Exclusions ignoredPaths = Exclusions.of(ignored);
        List<String> both = new ArrayList<>();
        ignored.stream().filter(named::covers).forEach(both::add);
        named.paths().stream()
                .filter(path -> ignoredPaths.covers(path) && !both.contains(path + "/"))
                .filter(path -> !both.contains(path))
                .forEach(both::add);
        return both;
    }

    private List<String> list(String rules) {
        return git.checkout()
                .call("ls-files", "--others", "--ignored", "--directory", "-z")
                .with(rules)
                .done()
                .fields();
    }

    /// The user's own file of rules for all repositories, whether or not it is there.
    public Optional<Path> usersRules() {
        GitAnswer configured = git.call("config", "--path", "--get", "core.excludesFile").answer();
        if (configured.exit() == 0) {
            return Optional.of(git.topLevel().resolve(configured.text()));
        }
        String home = git.variable("HOME");
        String configuration = git.variable("XDG_CONFIG_HOME");
        if (!configuration.isEmpty()) {
            return Optional.of(Path.of(configuration, "git", "ignore"));
        }
        return home.isEmpty()
                ? Optional.empty()
                : Optional.of(Path.of(home, ".config", "git", "ignore"));
    }
}
