package dev.coppice.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server that is measured, as a process of its own on a free port of loopback.
///
/// @param address its root
record Served(Process process, URI address) implements AutoCloseable {
    private static final Pattern SERVING = Pattern.compile("^serving at (\\S+)", Pattern.MULTILINE);
    private static final long HANGS_NANOS = TimeUnit.MINUTES.toNanos(2);

    /// Starts a program and returns once it has printed `serving at` and its address.
    static Served start(Path folder, Map<String, String> environment, List<String> argv)
            throws IOException {
        Path output = folder.resolve("served.out");
        ProcessBuilder builder =
                new ProcessBuilder(argv)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        long begin = System.nanoTime();
        while (true) {
            Matcher serving = SERVING.matcher(Files.readString(output));
            if (serving.find()) {
                return new Served(process, URI.create(serving.group(1)));
            }
            if (!process.isAlive() || System.nanoTime() - begin > HANGS_NANOS) {
                process.destroy();
                throw new IllegalStateException(
                        argv + " does not serve:\n" + Files.readString(output));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    InetSocketAddress socket() {
        return new InetSocketAddress(address.getHost(), address.getPort());
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
