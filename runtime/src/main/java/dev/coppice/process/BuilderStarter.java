package dev.coppice.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Starts programs by [ProcessBuilder], in a session of their own where there is a `setsid`
/// program. Works wherever Java does; the [ForeignStarter] costs half as much, once it is warm.
final class BuilderStarter implements Starter {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ProcessTable table;
    private final List<String> session;
    private volatile boolean closed;

    BuilderStarter(ProcessTable table) {
        this.table = table;
        Path setsid = Path.of("/usr/bin/setsid");
        session = Files.isExecutable(setsid) ? List.of(setsid.toString()) : List.of();
    }

    @Override
    public Started start(Program program) {
        List<String> vector = new ArrayList<>(session);
        vector.add(program.executable().toString());
        vector.addAll(program.argv().subList(1, program.argv().size()));
        ProcessBuilder builder =
                new ProcessBuilder(vector)
                        .directory(program.directory().toFile())
                        .redirectInput(program.stdin().toFile())
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(program.stdout().toFile()))
                        .redirectError(ProcessBuilder.Redirect.appendTo(program.stderr().toFile()));
        builder.environment().clear();
        builder.environment().putAll(program.environment());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw CannotStartException.refused(program.name(), e);
        }
        long startTicks =
                table.source().row(process.pid()).map(ProcessTable.Row::startTicks).orElse(0L);
        return new Started(
                process.pid(),
                startTicks,
                false,
                process.onExit().thenApply(ended -> end(ended.exitValue())));
    }

    /// Java shows a signal as 128 + its number, as a shell does.
    private static Started.End end(int code) {
        return new Started.End(Optional.of(Exit.fromShell(code)), Duration.ZERO);
    }

    /// Java's own waiting for a process that is no child takes a zombie for alive; hence this.
    @Override
    public Started watch(Identity identity) {
        CompletableFuture<Started.End> end = new CompletableFuture<>();
        Thread.ofVirtual()
                .name("watch-" + identity.pid())
                .start(() -> {
                    while (!closed && table.isAlive(identity)) {
                        LockSupport.parkNanos(LOOK_NANOS);
                    }
                    end.complete(Started.End.UNTOLD);
                });
        return new Started(identity.pid(), identity.startTicks(), false, end);
    }

    @Override
    public Optional<List<Long>> orphans(Started started) {
        return Optional.empty();
    }

    @Override
    public void reap(long pid) {
        // orphans are handed to the first process of the machine, which reaps them
    }

    @Override
    public void close() {
        closed = true;
    }
}
