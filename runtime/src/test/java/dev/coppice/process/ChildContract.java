package dev.coppice.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a child may rely on, and what others may rely on about it, whatever way it is started.
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ChildContract {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Limits FREE = Limits.of(LONG);

    @TempDir Path directory;
    final Marker marker = new Marker("COPPICE_TEST_MARK", UUID.randomUUID().toString());
    Processes processes = Processes.open();

    abstract Processes open();

    @BeforeEach
    void openTheDoor() {
        processes = open();
    }

    @AfterEach
    void nothingOfItIsLeft() {
        processes.close();
        assertThat(Survivors.of(marker)).isEmpty();
    }

    private Launch launch(Limits limits, List<String> argv) {
        return new Launch(
                argv,
                directory,
                Map.of("PATH", System.getenv("PATH")),
                ChildFiles.in(directory, Path.of("/dev/null")),
                marker,
                limits);
    }

    private Child sh(Limits limits, String script) {
        return processes.start(launch(limits, List.of("sh", "-c", script)));
    }

    private Child python(Limits limits, String script) {
        return processes.start(launch(limits, List.of("python3", "-c", script)));
    }

    private static Limits grace(Duration stopGrace) {
        return new Limits(LONG, LONG, stopGrace, Limits.OUTPUT_BYTES_MAX);
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("output.log"));
    }

    /// Waits until the child has printed this word so many times.
    private void awaitOutput(Child child, String word, int times) throws Exception {
        while (output().split(word, -1).length <= times) {
            assertThat(child.awaitEnd(Duration.ofMillis(10))).as("ended too early").isFalse();
        }
    }

    @Test
    void itsStreamsAreFilesAndItsExitCodeComesBack() throws Exception {
        Ended ended = sh(FREE, "echo out; echo err >&2; exit 7").await();

        assertThat(ended.exit()).isEqualTo(new Exit.Exited(7));
        assertThat(ended.leaked()).isZero();
        assertThat(output()).isEqualTo("out\n");
        assertThat(directory.resolve("error.log")).hasContent("err");
        assertThat(directory.resolve("exit_code")).hasContent("7");
        assertThat(ChildFiles.in(directory, Path.of("/dev/null")).exit())
                .contains(new Exit.Exited(7));
    }

    @Test
    void withoutAnExitCodesFileItIsStartedDirectly() throws Exception {
        Launch launch = launch(FREE, List.of("sh", "-c", "echo $PPID; kill -9 $$"));
        Launch direct =
                new Launch(
                        launch.argv(),
                        directory,
                        launch.environment(),
                        launch.files().withoutExitCode(),
                        marker,
                        FREE);

        Ended ended = processes.start(direct).await();

        assertThat(ended.exit()).isEqualTo(new Exit.Signaled(9));
        assertThat(output()).isEqualTo(ProcessHandle.current().pid() + "\n");
        assertThat(directory.resolve("exit_code")).doesNotExist();
    }

    @Test
    void theSignalThatEndedItIsTold() throws Exception {
        Ended ended = sh(FREE, "kill -SEGV $$").await();

        assertThat(ended.exit()).isEqualTo(new Exit.Signaled(11));
    }

    @Test
    void itsPromptArrivesByteForByte() throws Exception {
        String prompt =
                "/compact \"q\" 'q' $(rm -rf x) `y` \\ @file a@b.c\r\n\t🌳 é \u0001\n".repeat(3000);
        Path stdin = Files.writeString(directory.resolve("prompt.md"), prompt);
        Launch launch =
                new Launch(
                        List.of("cat"),
                        directory,
                        Map.of("PATH", System.getenv("PATH")),
                        ChildFiles.in(directory, stdin),
                        marker,
                        FREE);

        processes.start(launch).await();

        assertThat(output()).hasSizeGreaterThan(150_000).isEqualTo(prompt);
    }

    @Test
    void itsArgumentsArriveUnchangedAndNoShellReadsThem() throws Exception {
        List<String> odd =
                List.of("", " ", "$HOME", "a'b\"c", "*", "é🌳", "--", "-n", "two\nlines");
        List<String> argv = new ArrayList<>(List.of("printf", "%s\\0"));
        argv.addAll(odd);

        processes.start(launch(FREE, argv)).await();

        assertThat(output()).isEqualTo(String.join("\0", odd) + "\0");
    }

    @Test
    void onlyTheNamedVariablesAndTheMarkerReachIt() throws Exception {
        processes.start(launch(FREE, List.of("env"))).await();

        assertThat(output().lines())
                .contains("PATH=" + System.getenv("PATH"), marker.toString())
                // what the shell that writes the exit code may add of its own
                .allMatch(line -> line.matches("(PATH|COPPICE_TEST_MARK|PWD|OLDPWD|SHLVL|_)=.*"));
    }

    @Test
    void itStandsInItsDirectoryAndInASessionOfItsOwn() throws Exception {
        Child child = sh(FREE, "pwd; ps -o sid= -p $$");

        child.await();

        assertThat(output().lines().map(String::strip))
                .containsExactly(
                        directory.toRealPath().toString(), Long.toString(child.identity().pid()));
    }

    @Test
    void itInheritsNoDescriptor() throws Exception {
        try (RandomAccessFile open =
                new RandomAccessFile(directory.resolve("open").toFile(), "rw")) {
            open.write(1);
            sh(FREE, "ls /proc/$$/fd").await();
        }

        assertThat(output().lines()).containsExactly("0", "1", "2");
    }

    @Test
    void itMayCloseItsOutputAndGoOn() throws Exception {
        Ended ended = sh(FREE, "echo one; exec >&- 2>&-; sleep 0.3; exit 3").await();

        assertThat(ended.exit()).isEqualTo(new Exit.Exited(3));
        assertThat(output()).isEqualTo("one\n");
    }

    @Test
    void aMissingProgramIsNamed() {
        assertThatThrownBy(() -> processes.start(launch(FREE, List.of("no-such-agent", "-p"))))
                .isInstanceOf(CannotStartException.class)
                .hasMessageContaining("no-such-agent");
    }

    @Test
    void aMissingDirectoryIsNamed() {
        Path gone = directory.resolve("gone");
        Launch launch =
                new Launch(
                        List.of("sh"),
                        gone,
                        Map.of(),
                        ChildFiles.in(directory, Path.of("/dev/null")),
                        marker,
                        FREE);

        assertThatThrownBy(() -> processes.start(launch))
                .isInstanceOf(CannotStartException.class)
                .hasMessageContaining(gone.toString());
    }

    @Test
    void aFileThatCannotBeOpenedIsNamed() {
        Path gone = directory.resolve("gone");
        Launch launch =
                new Launch(
                        List.of("sh"),
                        directory,
                        Map.of(),
                        ChildFiles.in(gone, Path.of("/dev/null")),
                        marker,
                        FREE);

        assertThatThrownBy(() -> processes.start(launch))
                .isInstanceOf(CannotStartException.class)
                .hasMessageContaining(gone.resolve("output.log").toString());
    }

    @Test
    void anArgumentThatTheSystemRefusesIsAClearError() {
        List<String> argv = List.of("echo", "x".repeat(1 << 20));

        assertThatThrownBy(() -> processes.start(launch(FREE, argv)))
                .isInstanceOf(CannotStartException.class)
                .hasMessageContaining("cannot start echo")
                .hasMessageContaining("rgument list too long");
    }

    @Test
    void aLimitEndsAGrandchildInItsOwnSessionThatHoldsStandardOutput() throws Exception {
        Pace.find(beat -> {
            Files.deleteIfExists(directory.resolve("output.log"));

            Ended ended = sh(Limits.of(beat), "echo partial; setsid sleep 600; echo never").await();

            assertThat(ended.exit()).isEqualTo(new Exit.TimedOut(Exit.Limit.WALL));
            assertThat(output()).isEqualTo("partial\n");
            assertThat(Survivors.of(marker)).isEmpty();
        });
    }

    @Test
    void aTreeOfFiftyWithDeafOnesAndOtherSessionsIsEndedToTheLast() throws Exception {
        Child child =
                python(
                        grace(Duration.ofMillis(500)),
                        """
                        import os, signal, time
                        def wait():
                            os.write(1, b'ready\\n')
                            time.sleep(600)
                            os._exit(0)
                        for i in range(49):
                            if os.fork() == 0:
                                if i < 10:
                                    signal.signal(signal.SIGTERM, signal.SIG_IGN)
                                elif i < 15:
                                    os.setsid()
                                    if os.fork() != 0: os._exit(0)
                                wait()
                        wait()
                        """);
        awaitOutput(child, "ready", 50);

        child.stop();
        Ended ended = child.await();

        assertThat(ended.exit()).isEqualTo(new Exit.Stopped());
        assertThat(ended.survivors()).isZero();
        assertThat(Survivors.of(marker)).isEmpty();
    }

    @Test
    void whatItLeavesBehindAtAnOrdinaryEndIsEndedAndCounted() throws Exception {
        Ended ended = sh(FREE, "sleep 600 & setsid sleep 600 & exit 0").await();

        assertThat(ended.exit()).isEqualTo(new Exit.Exited(0));
        assertThat(ended.leaked()).isEqualTo(2);
        assertThat(Survivors.of(marker)).isEmpty();
    }

    @Test
    void aStrayThatShedTheMarkerIsFoundByItsSession() throws Exception {
        Ended ended =
                sh(
                                FREE,
                                "env -i sh -c 'echo $$ >pid; exec sleep 600' &"
                                        + " until [ -s pid ]; do sleep 0.01; done")
                        .await();

        assertThat(ended.leaked()).isEqualTo(1);
        long stray = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
        assertThat(Survivors.isAlive(stray)).isFalse();
    }

    @Test
    void aStopIsPoliteFirst() throws Exception {
        Child child =
                sh(
                        grace(LONG),
                        "trap 'echo bye; exit 5' TERM; echo ready; while :; do sleep 0.1; done");
        awaitOutput(child, "ready", 1);

        child.stop();
        Ended ended = child.await();

        assertThat(ended.exit()).isEqualTo(new Exit.Stopped());
        assertThat(output()).endsWith("bye\n");
        assertThat(child.files().exit()).contains(new Exit.Exited(5));
    }

    @Test
    void aKillCutsTheGraceShort() throws Exception {
        Child child = sh(grace(LONG), "trap '' TERM; echo ready; while :; do sleep 0.1; done");
        awaitOutput(child, "ready", 1);

        child.stop();
        assertThat(child.awaitEnd(Duration.ofMillis(300))).isFalse();
        child.kill();

        assertThat(child.await().exit()).isEqualTo(new Exit.Stopped());
    }

    @Test
    void anInterruptedOwnerEndsItByClosing() throws Exception {
        Child child = sh(grace(LONG), "trap '' TERM; echo ready; while :; do sleep 0.1; done");
        awaitOutput(child, "ready", 1);
        Thread owner = Thread.ofVirtual().start(child::close);

        owner.interrupt();
        owner.join();

        assertThat(child.ended().orElseThrow().exit()).isEqualTo(new Exit.Stopped());
    }

    @Test
    void aFloodIsEndedAtTheOutputLimit() throws Exception {
        Limits limits = new Limits(LONG, LONG, Duration.ofSeconds(2), 1_000_000);

        Ended ended = sh(limits, "yes flood | head -c 200000000; sleep 600").await();

        assertThat(ended.exit()).isEqualTo(new Exit.OutputLimit(1_000_000));
        assertThat(Files.size(directory.resolve("output.log"))).isGreaterThan(1_000_000);
    }

    @Test
    void silenceWithoutWorkIsIdle() throws Exception {
        Limits limits =
                new Limits(
                        LONG, Duration.ofMillis(500), Limits.STOP_GRACE, Limits.OUTPUT_BYTES_MAX);

        Ended ended = sh(limits, "echo something; sleep 600").await();

        assertThat(ended.exit()).isEqualTo(new Exit.TimedOut(Exit.Limit.IDLE));
    }

    @Test
    void silentWorkIsNotIdle() throws Exception {
        Pace.find(beat -> {
            Limits limits =
                    new Limits(
                            beat.multipliedBy(4), beat, Limits.STOP_GRACE, Limits.OUTPUT_BYTES_MAX);

            Ended ended = sh(limits, "(while :; do :; done)").await();

            assertThat(ended.exit()).isEqualTo(new Exit.TimedOut(Exit.Limit.WALL));
        });
    }

    @Test
    void outputWithoutWorkIsNotIdle() throws Exception {
        Pace.find(beat -> {
            Limits limits = new Limits(LONG, beat, Limits.STOP_GRACE, Limits.OUTPUT_BYTES_MAX);

            Ended ended =
                    sh(
                                    limits,
                                    "for i in 1 2 3 4 5 6 7 8; do echo $i; sleep %s; done"
                                            .formatted(Pace.seconds(beat, 20)))
                            .await();

            assertThat(ended.exit()).isEqualTo(new Exit.Exited(0));
        });
    }

    @Test
    void aSignOfLifeCountsAsOutput() throws Exception {
        Pace.find(beat -> {
            Limits limits = new Limits(LONG, beat, Limits.STOP_GRACE, Limits.OUTPUT_BYTES_MAX);
            Child child = sh(limits, "sleep 600");

            for (int i = 0; i < 20; i++) {
                child.signOfLife();
                assertThat(child.awaitEnd(beat.dividedBy(10))).isFalse();
            }

            assertThat(child.await().exit()).isEqualTo(new Exit.TimedOut(Exit.Limit.IDLE));
        });
    }

    @Test
    void itsClocksStandStillInAPauseAndRunOnAfterwards() throws Exception {
        Pace.find(beat -> {
            Child child = sh(Limits.of(beat), "sleep 600");
            child.pause();

            assertThat(child.awaitEnd(beat.multipliedBy(2))).isFalse();

            child.resume();
            assertThat(child.await().exit()).isInstanceOf(Exit.TimedOut.class);
        });
    }

    @Test
    void itsWholeTreesTimeAndMemoryAreMeasured() throws Exception {
        Child child =
                python(
                        FREE,
                        """
                        import os, time
                        def work():
                            kept = bytearray(60_000_000)
                            while time.process_time() < 0.5: pass
                            return kept
                        if os.fork() == 0:
                            kept = work()
                            print('ready', flush=True)
                            time.sleep(600)
                        kept = work()
                        print('ready', flush=True)
                        time.sleep(600)
                        """);
        awaitOutput(child, "ready", 2);
        while (child.resources().residentBytes() < 120_000_000
                || child.resources().cpu().toMillis() < 900) {
            assertThat(child.awaitEnd(Duration.ofMillis(10))).isFalse();
        }

        child.kill();
        Resources total = child.await().resources();

        assertThat(total.peakBytes()).isGreaterThanOrEqualTo(120_000_000);
        assertThat(total.cpu()).isGreaterThanOrEqualTo(Duration.ofMillis(900));
    }

    @Test
    void whatAnotherProcessStartedIsSampledByItsIdentityAndItsMarker() throws Exception {
        String script =
                """
                env -i python3 -c "
                import time
                kept = bytearray(60_000_000)
                while time.process_time() < 0.5: pass
                print('ready', flush=True)
                time.sleep(600)
                " & wait
                """;
        Elsewhere elsewhere = Elsewhere.start(directory, marker, script);
        while (!output().contains("ready")) {
            Thread.onSpinWait();
        }

        Resources taken = processes.sample(Optional.of(elsewhere.identity()), marker).orElseThrow();

        assertThat(taken.residentBytes()).isGreaterThan(60_000_000);
        assertThat(taken.cpu()).isGreaterThan(Duration.ofMillis(400));
        processes.reap(Optional.of(elsewhere.killStarter()), marker, Duration.ZERO);
        assertThat(processes.sample(Optional.of(elsewhere.identity()), marker)).isEmpty();
    }

    @Test
    void itsLinesAreFollowedToTheLastHalfOne() throws Exception {
        Child child = sh(FREE, "echo '{\"a\":1}'; sleep 0.2; echo é; printf '{\"half\":'");
        List<String> lines = new ArrayList<>();

        child.followOutput(line -> lines.add(line.end() + " " + line.text()));

        assertThat(lines).containsExactly("COMPLETE {\"a\":1}", "COMPLETE é", "HALF {\"half\":");
        assertThat(child.ended()).isPresent();
    }

    /// What lives on, [#nothingOfItIsLeft] finds.
    @Test
    void whatIsJustBeingStartedEndsWithTheRest() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Launch launch = launch(FREE, List.of("sleep", "600"));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                Future<?> _ =
                        threads.submit(() -> {
                            begun.countDown();
                            return processes.start(launch);
                        });
            }
            begun.await();

            processes.close();
        }

        assertThatThrownBy(() -> processes.start(launch)).isInstanceOf(CannotStartException.class);
    }

    @Test
    void manyAtOnceKeepTheirOwnExitCodesAndJavaKeepsItsChildren() throws Exception {
        List<Child> children = new ArrayList<>();
        List<Process> javas = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Path own = Files.createDirectory(directory.resolve("child" + i));
            children.add(
                    processes.start(
                            new Launch(
                                    List.of("sh", "-c", "sleep 0.1; exit " + i),
                                    own,
                                    Map.of("PATH", System.getenv("PATH")),
                                    ChildFiles.in(own, Path.of("/dev/null")),
                                    new Marker(marker.name(), marker.value() + i),
                                    FREE)));
            javas.add(new ProcessBuilder("sh", "-c", "sleep 0.1; exit " + i).start());
        }

        List<Integer> codes = new ArrayList<>();
        for (Child child : children) {
            codes.add(child.await().exit().code());
        }
        List<Integer> javaCodes = new ArrayList<>();
        for (Process java : javas) {
            javaCodes.add(java.waitFor());
        }

        assertThat(codes).isEqualTo(IntStream.range(0, 16).boxed().toList());
        assertThat(javaCodes).isEqualTo(IntStream.range(0, 16).boxed().toList());
    }

    @Test
    void aChildOutlivesAKilledStarterAndIsAdopted() throws Exception {
        Elsewhere elsewhere =
                Elsewhere.start(
                        directory,
                        marker,
                        "echo before; until [ -e go ]; do sleep 0.05; done;"
                                + " echo after; setsid sleep 600 & exit 9");
        Identity identity = elsewhere.killStarter();
        assertThat(processes.isAlive(identity)).isTrue();

        ChildFiles files = ChildFiles.in(directory, Path.of("/dev/null"));
        Child child = processes.adopt(identity, files, marker, FREE).orElseThrow();
        Files.createFile(directory.resolve("go"));
        Ended ended = child.await();

        assertThat(ended.exit()).isEqualTo(new Exit.Exited(9));
        assertThat(ended.leaked()).isEqualTo(1);
        assertThat(output()).isEqualTo("before\nafter\n");
        assertThat(processes.isAlive(identity)).isFalse();
        assertThat(processes.adopt(identity, files, marker, FREE)).isEmpty();
    }

    @Test
    void anAdoptedChildHasLimits() throws Exception {
        Elsewhere elsewhere = Elsewhere.start(directory, marker, "echo before; sleep 600");
        Identity identity = elsewhere.killStarter();

        ChildFiles files = ChildFiles.in(directory, Path.of("/dev/null"));
        Limits limits = Limits.of(Duration.ofMillis(300));
        Child child = processes.adopt(identity, files, marker, limits).orElseThrow();

        assertThat(child.await().exit()).isEqualTo(new Exit.TimedOut(Exit.Limit.WALL));
        assertThat(Survivors.of(marker)).isEmpty();
    }

    @Test
    void anotherProcessUnderTheSameNumberIsNotTakenForIt() {
        Child child = sh(FREE, "sleep 600");
        Identity own = child.identity();

        assertThat(processes.isAlive(own)).isTrue();
        assertThat(processes.isAlive(new Identity(own.pid(), own.startTicks() + 1, own.bootId())))
                .isFalse();
        assertThat(processes.isAlive(new Identity(own.pid(), own.startTicks(), "other boot")))
                .isFalse();
        child.kill();
    }

    @Test
    void thisProcessKnowsItself() {
        Identity self = processes.self();

        assertThat(self.pid()).isEqualTo(ProcessHandle.current().pid());
        assertThat(processes.isAlive(self)).isTrue();
    }

    @Test
    void whatAKilledStarterLeftIsReapedByItsMarker() throws Exception {
        Elsewhere elsewhere =
                Elsewhere.start(directory, marker, "echo ready; setsid sleep 600 & sleep 600");
        Identity identity = elsewhere.killStarter();
        while (Survivors.of(marker).size() < 4) { // two shells, two sleeps
            assertThat(processes.isAlive(identity)).isTrue();
        }

        Reaped reaped = processes.reap(Optional.empty(), marker, Limits.STOP_GRACE);

        assertThat(reaped).isEqualTo(new Reaped(4, 0));
        assertThat(processes.isAlive(identity)).isFalse();
        assertThat(Survivors.of(marker)).isEmpty();
    }

    @Test
    void whatShedTheMarkerIsReapedByTheSessionOfItsRecordedOrigin() throws Exception {
        Elsewhere elsewhere =
                Elsewhere.start(
                        directory,
                        marker,
                        "env -i sh -c 'echo $$ >pid; exec sleep 600' & sleep 600");
        Identity identity = elsewhere.killStarter();
        Path pid = directory.resolve("pid");
        while (!Files.exists(pid) || Files.readString(pid).isBlank()) {
            assertThat(processes.isAlive(identity)).isTrue();
        }
        long stray = Long.parseLong(Files.readString(pid).strip());
        List<Long> marked = Survivors.of(marker);
        while (!marked.isEmpty()) { // one of them may only just begin the other
            marked.forEach(it -> ProcessHandle.of(it).ifPresent(ProcessHandle::destroyForcibly));
            marked = Survivors.of(marker);
        }

        Reaped reaped = processes.reap(Optional.of(identity), marker, Limits.STOP_GRACE);

        assertThat(reaped.survivors()).isZero();
        assertThat(Survivors.isAlive(stray)).isFalse();
    }

    @Test
    void aProcessIsKnownByItsMarkerAlsoWhileItBeginsAnotherProgram() throws Exception {
        Path again = Files.writeString(directory.resolve("again"), "#!/bin/sh\nexec \"$0\"\n");
        assertThat(again.toFile().setExecutable(true)).isTrue();
        Launch launch = launch(FREE, List.of(again.toString()));
        try (Child child =
                processes.start(
                        new Launch(
                                launch.argv(),
                                directory,
                                launch.environment(),
                                launch.files().withoutExitCode(),
                                marker,
                                FREE))) {

            for (int look = 0; look < 2000; look++) {
                assertThat(processes.marked(marker.name()))
                        .as("look " + look)
                        .containsEntry(child.identity().pid(), marker.value());
            }
        }
    }

    @Test
    void aProcessThatCarriesTheMarkerItselfDoesNotReapItself() throws Exception {
        assertThat(Elsewhere.reapFromWithin(marker)).isEqualTo("1 ended");
    }
}
