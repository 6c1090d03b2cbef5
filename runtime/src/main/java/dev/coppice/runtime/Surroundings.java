package dev.coppice.runtime;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/// The world as this process was started in it.
///
/// @param folder where the user stands, absolute
/// @param home the user's home folder
/// @param launcher the program that was started, for those of our own that have to start it again
public record Surroundings(
        Path folder,
        Path home,
        Map<String, String> environment,
        Optional<Path> launcher,
        InstantSource clock) {
    public Surroundings {
        environment = Map.copyOf(environment);
    }

    /// Of this process.
    public static Surroundings ofThisProcess() {
        Map<String, String> environment = System.getenv();
        return new Surroundings(
                Path.of("").toAbsolutePath(),
                Path.of(environment.getOrDefault("HOME", System.getProperty("user.home"))),
                environment,
                Optional.ofNullable(System.getProperty("coppice.launcher")).map(Path::of),
                InstantSource.system());
    }

    /// The same world, seen from another folder.
    ///
    /// @param other absolute, or one from this folder
    public Surroundings in(Path other) {
        return new Surroundings(
                folder.resolve(other).normalize(), home, environment, launcher, clock);
    }

    /// What is kept per user: keys, caches, templates (`COPPICE_HOME`).
    public Path coppiceHome() {
        return Optional.ofNullable(environment.get("COPPICE_HOME"))
                .filter(text -> !text.isBlank())
                .map(text -> folder.resolve(text).normalize())
                .orElseGet(() -> home.resolve(".coppice"));
    }
}
