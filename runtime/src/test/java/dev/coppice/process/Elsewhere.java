package dev.coppice.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// A Java process of its own that starts a child, tells its identity and waits to be killed; or one
/// that reaps.
final class Elsewhere {
    private final Process java;
    private final Identity identity;

    private Elsewhere(Process java, Identity identity) {
        this.java = java;
        this.identity = identity;
    }

    /// Arguments: directory, marker's name and value, script; or marker's name and value alone.
    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 2) {
            Process sleep = new ProcessBuilder("sleep", "600").start(); // inherits the marker, too
            Marker marker = new Marker(arguments[0], arguments[1]);
            while (!Survivors.of(marker).contains(sleep.pid())) {
                Thread.onSpinWait(); // its environment is seen a moment after it was started
            }
            Reaped reaped = Processes.open().reap(Optional.empty(), marker, Duration.ofSeconds(2));
            System.out.println(reaped.ended() + " ended");
            sleep.waitFor();
            return;
        }
        Path directory = Path.of(arguments[0]);
        Child child =
                Processes.open()
                        .start(
                                new Launch(
                                        List.of("sh", "-c", arguments[3]),
                                        directory,
                                        Map.of("PATH", System.getenv("PATH")),
                                        ChildFiles.in(directory, Path.of("/dev/null")),
                                        new Marker(arguments[1], arguments[2]),
                                        Limits.of(Duration.ofHours(1))));
        Identity identity = child.identity();
        System.out.println(identity.pid() + " " + identity.startTicks() + " " + identity.bootId());
        new CountDownLatch(1).await();
    }

    static Elsewhere start(Path directory, Marker marker, String script) throws IOException {
        Process java = java(directory.toString(), marker.name(), marker.value(), script).start();
        try (BufferedReader out = java.inputReader()) {
            String[] words = String.valueOf(out.readLine()).split(" ", -1);
            return new Elsewhere(
                    java,
                    new Identity(Long.parseLong(words[0]), Long.parseLong(words[1]), words[2]));
        }
    }

    /// Has a process that carries the marker in its own environment reap all that do; returns what
    /// it says.
    static String reapFromWithin(Marker marker) throws IOException, InterruptedException {
        ProcessBuilder builder = java(marker.name(), marker.value());
        builder.environment().put(marker.name(), marker.value());
        Process java = builder.start();
        try (BufferedReader out = java.inputReader()) {
            String said = String.valueOf(out.readLine());
            java.waitFor();
            return said;
        }
    }

    private static ProcessBuilder java(String... arguments) {
        List<String> vector =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Elsewhere.class.getName()));
        vector.addAll(List.of(arguments));
        return new ProcessBuilder(vector).redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    Identity identity() {
        return identity;
    }

    /// Kills the Java process, as a crash would, and returns its child's identity.
    Identity killStarter() throws InterruptedException {
        java.destroyForcibly().waitFor();
        return identity;
    }
}
