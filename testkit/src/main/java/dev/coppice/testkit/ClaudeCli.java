package dev.coppice.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The real Claude Code, for tests that run it against a [StubModel].
///
/// @param program its native binary
public record ClaudeCli(Path program) {
    /// What the tests are written for.
    public static final String VERSION = "2.1.329";

    private static final String PACKAGE = "@anthropic-ai/claude-code";

    private static final int DOWNLOADS_MAX = 3;

    /// Finds it: what `COPPICE_TEST_CLAUDE` names; the one in `PATH` if it has the right version; one that was installed
    /// by an earlier call under `~/.cache/coppice-test`; else it is installed there from npm, which takes some seconds.
    ///
    /// @return empty only where there is no npm either
    /// @throws IllegalStateException when npm can't install it
    public static Optional<ClaudeCli> find() throws InterruptedException {
        Optional<Path> named =
                Optional.ofNullable(System.getenv("COPPICE_TEST_CLAUDE")).map(Path::of);
        if (named.isPresent()) {
            return named.map(ClaudeCli::new);
        }
        Optional<Path> inPath = inPath("claude");
        if (inPath.isPresent()
                && output(inPath.get().toString(), "--version").startsWith(VERSION)) {
            return inPath.map(ClaudeCli::new);
        }
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "coppice-test");
        Optional<Path> npm = inPath("npm");
        return installed(root(cache))
                .or(() -> npm.map(it -> install(it, cache)))
                .map(ClaudeCli::new);
    }

    /// The complete environment in which it, or a program that starts it, sees this home and this model only.
    public Map<String, String> environment(Path home, StubModel model) {
        Map<String, String> environment = new HashMap<>();
        environment.put("PATH", program.getParent() + ":" + System.getenv("PATH"));
        environment.put("HOME", home.toString());
        environment.put("LANG", "C.UTF-8");
        environment.put("CLAUDE_CONFIG_DIR", home.resolve(".claude").toString());
        environment.put("ANTHROPIC_BASE_URL", model.url().toString());
        environment.put("ANTHROPIC_API_KEY", "none");
        environment.put("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1");
        environment.put("DISABLE_AUTOUPDATER", "1");
        return environment;
    }

    private static Path root(Path cache) {
        return cache.resolve("claude-" + VERSION);
    }

    private static Optional<Path> installed(Path root) {
        Path scope = root.resolve("node_modules").resolve("@anthropic-ai");
        if (!Files.isDirectory(scope)) {
            return Optional.empty();
        }
        try (Stream<Path> packages = Files.list(scope)) {
            return packages.map(each -> each.resolve("claude"))
                    .filter(Files::isExecutable)
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One process installs, others wait for it.
    private static Path install(Path npm, Path cache) {
        try {
            Files.createDirectories(cache);
            try (FileChannel channel =
                            FileChannel.open(
                                    cache.resolve("install.lock"),
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                Optional<Path> meanwhile = installed(root(cache));
                if (meanwhile.isPresent()) {
                    return meanwhile.get();
                }
                Path begun = Files.createTempDirectory(cache, "claude-begun-");
                download(npm, begun);
                Files.move(begun, root(cache));
                return installed(root(cache)).orElseThrow();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while npm installs " + PACKAGE, e);
        }
    }

    /// npm takes a package for installed though it could not load the program in it; so it is asked again.
    private static void download(Path npm, Path folder) throws InterruptedException {
        String said = "";
        for (int tries = 0; tries < DOWNLOADS_MAX; tries++) {
            said =
                    output(
                            npm.toString(),
                            "install",
                            "--force",
                            "--prefix",
                            folder.toString(),
                            PACKAGE + "@" + VERSION);
            if (installed(folder).isPresent()) {
                return;
            }
        }
        throw new IllegalStateException("npm says: " + said);
    }

    private static Optional<Path> inPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .map(entry -> Path.of(entry, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static String output(String... argv) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(List.of(argv)).redirectErrorStream(true).start();
            process.getOutputStream().close();
            byte[] said = process.getInputStream().readAllBytes();
            process.waitFor();
            return new String(said, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
