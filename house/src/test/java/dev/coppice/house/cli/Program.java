package dev.coppice.house.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The program, started from the classes that are tested, with a home folder of its own.
final class Program {
    private static final String TERMINAL =
            """
            import fcntl, os, pty, struct, sys, termios
            rows, columns, answer = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
            child, terminal = pty.fork()
            if child == 0:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.execvp(sys.argv[4], sys.argv[4:])
            shown = b""
            while True:
                try:
                    more = os.read(terminal, 65536)
                except OSError:
                    break
                if not more:
                    break
                os.write(1, more)
                shown += more
                if shown.endswith(b"[y/N] "):
                    os.write(terminal, answer.encode() + b"\\n")
                    shown = b""
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            """;

    private final Path launcher;
    private final Path scratch;
    private final Map<String, String> environment = new TreeMap<>();

    /// How one call ended.
    record Result(int code, String out, String err) {}

    private Program(Path launcher, Path scratch) {
        this.launcher = launcher;
        this.scratch = scratch;
    }

    /// @param folder an empty one for the launcher, the home folder and what is printed
    static Program in(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("home"));
        Path launcher =
                Files.writeString(
                        folder.resolve("coppice"),
                        """
                        #!/bin/sh
                        terminal=true
                        [ -t 1 ] || terminal=false
                        # whoever runs the tests in the background may have signals ignored, which a JVM keeps to
                        exec /usr/bin/env --default-signal=HUP,INT,TERM '%s/bin/java' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \\
                            --enable-native-access=ALL-UNNAMED -Dcoppice.launcher="$0" -Dcoppice.terminal=$terminal \\
                            -cp '%s' dev.coppice.cli.Main "$@"
                        """
                                .formatted(
                                        System.getProperty("java.home"),
                                        System.getProperty("java.class.path")));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        Program program = new Program(launcher, folder);
        program.environment.put("PATH", System.getenv("PATH"));
        program.environment.put("HOME", folder.resolve("home").toString());
        program.environment.put("LC_ALL", "C.UTF-8");
        return program;
    }

    /// With another value of a variable.
    Program with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /// Starts it and returns at once.
    Process start(Path where, String... words) throws IOException {
        List<String> line = new ArrayList<>(List.of(launcher.toString()));
        line.addAll(List.of(words));
        return start(where, line);
    }

    private Process start(Path where, List<String> line) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(line)
                        .directory(where.toFile())
                        .redirectOutput(scratch.resolve("out").toFile())
                        .redirectError(scratch.resolve("err").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    /// Starts it on a terminal of its own, which types `answer` when it is asked something that can be answered
    /// with yes or no. What the terminal shows is what is printed.
    Process startOnTerminal(Path where, int rows, int columns, String answer, String... words)
            throws IOException {
        Path terminal = Files.writeString(scratch.resolve("terminal.py"), TERMINAL);
        List<String> line = new ArrayList<>(List.of("python3", terminal.toString()));
        line.addAll(List.of(Integer.toString(rows), Integer.toString(columns), answer));
        line.addAll(List.of("env", "-i"));
        environment.forEach((name, value) -> line.add(name + "=" + value));
        line.add(launcher.toString());
        line.addAll(List.of(words));
        return new ProcessBuilder(line)
                .directory(where.toFile())
                .redirectOutput(scratch.resolve("out").toFile())
                .redirectError(scratch.resolve("err").toFile())
                .start();
    }

    /// Runs it to its end.
    Result run(Path where, String... words) throws IOException, InterruptedException {
        return ended(start(where, words));
    }

    /// Runs a line of shell in which `$coppice` is the program.
    Result shell(Path where, String line) throws IOException, InterruptedException {
        environment.put("coppice", launcher.toString());
        return ended(start(where, List.of("/bin/bash", "-c", line)));
    }

    Result ended(Process process) throws IOException, InterruptedException {
        int code = process.waitFor();
        return new Result(code, printed("out"), printed("err"));
    }

    /// Numbers of the living processes that were started with this entry, `NAME=VALUE`, in their environment.
    List<Long> processesWith(String entry) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> environmentOf(pid).contains("\0" + entry + "\0"))
                .toList();
    }

    /// Waits until neither it runs any more nor anything that it started, such as git where it was killed: nothing is
    /// written into its folders then.
    void awaitSilence() throws IOException {
        Scene.await(() -> processesWith("HOME=" + environment.get("HOME")).isEmpty());
    }

    private static String environmentOf(long pid) {
        return "\0" + toldOf(pid, "environ");
    }

    /// Numbers of the living processes in whose command lines this stands, however long these are.
    static List<Long> processesCalledWith(String text) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> toldOf(pid, "cmdline").contains(text))
                .toList();
    }

    private static String toldOf(long pid, String what) {
        try {
            byte[] told = Files.readAllBytes(Path.of("/proc/" + pid + "/" + what));
            return new String(told, StandardCharsets.UTF_8);
        } catch (IOException gone) {
            return "";
        }
    }

    /// What the last call has printed so far, of which the last character may be there in part.
    String printed(String stream) throws IOException {
        return new String(Files.readAllBytes(scratch.resolve(stream)), StandardCharsets.UTF_8);
    }
}
