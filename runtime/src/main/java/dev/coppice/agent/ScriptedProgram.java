package dev.coppice.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An agent that does what a script says: for the demonstration and for tests, which need no account. It is a program
/// of its own, and uses the JDK alone so that it starts quickly.
///
/// ```
/// ScriptedProgram [--scripts FILE] [--session ID | --resume ID] < prompt
/// ```
///
/// A script is a fenced block, one step a line. Lines that begin with `| ` belong to the step above them.
/// ````
/// ```script [for TASK | when TEXT]
/// say I begin.
/// write src/Hello.txt
/// | first line
/// | second line
/// attempt 1: fail the first attempt fails
/// discover The greeting is in src/Hello.txt
/// ```
/// ````
/// It runs one script, the first that fits of those in FILE, else the last that fits of those in the prompt. One fits
/// that is for this task (`COPPICE_TASK`), or whose text the prompt has outside of its scripts, or that asks for neither.
/// With no script it ends with code 64, at a step that is none with 65.
///
/// | step | does |
/// |---|---|
/// | `attempt N: STEP` | the step, in that attempt (`COPPICE_ATTEMPT`) alone |
/// | `say TEXT` | says something |
/// | `write PATH`, `append PATH` | writes or extends a file by the lines below |
/// | `delete PATH` | deletes a file |
/// | `settle PATH` | takes a merge's markers out of a file and leaves both sides in it |
/// | `run LINE` | runs a line of shell; if that fails, so does the script |
/// | `expect TEXT` | fails unless the prompt has this text outside of its scripts |
/// | `discover TEXT` | leaves a discovery in the result file (`COPPICE_RESULT`) |
/// | `result` | makes the lines below the result file, whatever they are |
/// | `answer` | gives the lines below, which are JSON, as the structured answer |
/// | `usage INPUT OUTPUT USD` | has used so many tokens, for so much money |
/// | `limit SECONDS` | ends, rate-limited for so long |
/// | `exit CODE`, `fail TEXT`, `crash` | ends; with an error on standard error; with neither end nor answer |
/// | `sleep SECONDS`, `hang` | waits; for ever |
/// | `deaf` | ignores SIGTERM from here on |
/// | `fork SECONDS` | leaves a grandchild behind, in a session of its own, that holds standard output so long |
/// | `flood BYTES` | prints that much that means nothing |
/// | `half-line` | prints half a line of JSON |
///
/// On standard output it prints JSON lines, which [ScriptedAgent] reads:
/// ```
/// {"type":"session","id":"…"}   {"type":"say","text":"…"}   {"type":"tool","name":"write","what":"src/Hello.txt"}
/// {"type":"usage","input":10,"output":5,"usd":"0.01"}   {"type":"limited","until":1795260705}
/// {"type":"answer","json":{…}}   {"type":"end"}
/// ```
/// A missing `end` means that it did not come to one.
public final class ScriptedProgram {
    private static final int NO_SCRIPT = 64;
    private static final int NO_SUCH_STEP = 65;
    private static final int KILLED = 137;
    private static final String FENCE = "```";
    private static final String OPENING = "```script";

    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final Map<String, String> environment;
    private final String prompt;
    private final List<String> discoveries = new ArrayList<>();

    private ScriptedProgram(Map<String, String> environment, String prompt) {
        this.environment = environment;
        this.prompt = prompt;
    }

    /// The argument vector that starts this program on the Java that runs now, tuned to start quickly.
    public static List<String> command() {
        try {
            Path classes =
                    Path.of(
                            ScriptedProgram.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            return List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:-UsePerfData",
                    "-Dstderr.encoding=UTF-8",
                    "-cp",
                    classes.toString(),
                    ScriptedProgram.class.getName());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the classes of this program are nowhere", e);
        }
    }

    /// Runs the script for the prompt on standard input and ends the process.
    public static void main(String[] args) throws IOException, InterruptedException {
        Map<String, String> environment = System.getenv();
        String input = new String(System.in.readAllBytes(), UTF_8);
        String session = "";
        List<Script> fromFile = List.of();
        for (int i = 0; i + 1 < args.length; i += 2) {
            switch (args[i]) {
                case "--scripts" -> fromFile = scripts(Files.readString(Path.of(args[i + 1])));
                case "--session", "--resume" -> session = args[i + 1];
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        ScriptedProgram program = new ScriptedProgram(environment, withoutScripts(input));
        if (!session.isEmpty()) {
            program.print("session", "id", session);
        }
        Optional<Script> script = program.choose(fromFile, scripts(input));
        if (script.isEmpty()) {
            System.err.println("the prompt has no script for this task");
            end(NO_SCRIPT);
            return;
        }
        end(program.run(script.get().steps()));
    }

    /// Exits without waiting for threads or hooks.
    private static void end(int code) {
        System.err.flush();
        Runtime.getRuntime().halt(code);
    }

    // Scripts.

    private record Script(String condition, List<Step> steps) {}

    /// @param attempt 0: in all attempts
    private record Step(int attempt, String verb, String argument, StringBuilder body) {
        static Step of(String line) {
            String rest = line.strip();
            int attempt = 0;
            if (rest.startsWith("attempt ")) {
                int colon = rest.indexOf(':');
                attempt = Integer.parseInt(rest.substring("attempt ".length(), colon).strip());
                rest = rest.substring(colon + 1).strip();
            }
            int space = rest.indexOf(' ');
            return space < 0
                    ? new Step(attempt, rest, "", new StringBuilder())
                    : new Step(
                            attempt,
                            rest.substring(0, space),
                            rest.substring(space + 1).strip(),
                            new StringBuilder());
        }
    }

    private static List<Script> scripts(String text) {
        List<Script> scripts = new ArrayList<>();
        List<Step> steps = new ArrayList<>();
        boolean isInside = false;
        for (String line : text.split("\n", -1)) {
            if (!isInside) {
                if (line.startsWith(OPENING)) {
                    isInside = true;
                    steps = new ArrayList<>();
                    scripts.add(new Script(line.substring(OPENING.length()).strip(), steps));
                }
            } else if (line.strip().equals(FENCE)) {
                isInside = false;
            } else if (line.startsWith("|") && !steps.isEmpty()) {
                String content = line.substring(line.startsWith("| ") ? 2 : 1);
                steps.getLast().body().append(content).append('\n');
            } else if (!line.isBlank()) {
                steps.add(Step.of(line));
            }
        }
        return scripts;
    }

    private static String withoutScripts(String text) {
        StringBuilder outside = new StringBuilder();
        boolean isInside = false;
        for (String line : text.split("\n", -1)) {
            if (!isInside && line.startsWith(OPENING)) {
                isInside = true;
            } else if (isInside) {
                isInside = !line.strip().equals(FENCE);
            } else {
                outside.append(line).append('\n');
            }
        }
        return outside.toString();
    }

    private Optional<Script> choose(List<Script> fromFile, List<Script> fromPrompt) {
        List<Script> candidates = new ArrayList<>(fromFile);
        candidates.addAll(fromPrompt.reversed());
        for (Script script : candidates) {
            if (fits(script.condition())) {
                return Optional.of(script);
            }
        }
        return Optional.empty();
    }

    private boolean fits(String condition) {
        if (condition.startsWith("when ")) {
            return prompt.contains(condition.substring("when ".length()));
        }
        return condition.isEmpty()
                || condition.equals("for " + environment.getOrDefault("COPPICE_TASK", ""));
    }

    // Steps.

    /// The exit code.
    private int run(List<Step> steps) throws IOException, InterruptedException {
        int attempt = Integer.parseInt(environment.getOrDefault("COPPICE_ATTEMPT", "1"));
        for (Step step : steps) {
            if (step.attempt() == 0 || step.attempt() == attempt) {
                int code = run(step);
                if (code != 0 || step.verb().equals("exit")) {
                    return code;
                }
            }
        }
        print("end");
        return 0;
    }

    private int run(Step step) throws IOException, InterruptedException {
        String argument = step.argument();
        String body = step.body().toString();
        switch (step.verb()) {
            case "say" -> print("say", "text", argument);
            case "write" -> write(argument, body, StandardOpenOption.TRUNCATE_EXISTING);
            case "append" -> write(argument, body, StandardOpenOption.APPEND);
            case "delete" -> {
                print("tool", "name", "delete", "what", argument);
                Files.delete(Path.of(argument));
            }
            case "settle" -> settle(Path.of(argument));
            case "run" -> {
                print("tool", "name", "run", "what", argument);
                return started("/bin/sh", "-c", argument).waitFor();
            }
            case "expect" -> {
                if (!prompt.contains(argument)) {
                    return failed("the prompt lacks: " + argument);
                }
            }
            case "discover" -> {
                discoveries.add(quoted(argument));
                writeResult("{\"discoveries\":[" + String.join(",", discoveries) + "]}");
            }
            case "result" -> writeResult(body);
            case "answer" -> line("{\"type\":\"answer\",\"json\":" + body.replace('\n', ' ') + "}");
            case "usage" -> usage(argument.split(" "));
            case "limit" -> {
                long until = System.currentTimeMillis() / 1000 + Long.parseLong(argument);
                line("{\"type\":\"limited\",\"until\":" + until + "}");
                return 1;
            }
            case "exit" -> {
                return Integer.parseInt(argument);
            }
            case "fail" -> {
                return failed(argument);
            }
            case "crash" -> end(KILLED);
            case "sleep" -> Thread.sleep(Math.round(Double.parseDouble(argument) * 1000));
            case "hang" -> Thread.currentThread().join();
            case "deaf" -> Runtime.getRuntime().addShutdownHook(new Thread(ScriptedProgram::hang));
            case "fork" -> started("setsid", "sleep", argument);
            case "flood" -> flood(Long.parseLong(argument));
            case "half-line" -> out.write("{\"type\":\"say\",\"te".getBytes(UTF_8));
            default -> {
                System.err.println("no such step: " + step.verb());
                return NO_SUCH_STEP;
            }
        }
        return 0;
    }

    private static int failed(String message) {
        System.err.println(message);
        return 1;
    }

    private void write(String path, String content, StandardOpenOption how) throws IOException {
        print("tool", "name", "write", "what", path);
        Path file = Path.of(path);
        if (file.getParent() != null) {
            Files.createDirectories(file.getParent());
        }
        Files.writeString(file, content, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how);
    }

    private void settle(Path file) throws IOException {
        StringBuilder settled = new StringBuilder();
        for (String line : Files.readAllLines(file)) {
            if (!line.startsWith("<<<<<<< ")
                    && !line.equals("=======")
                    && !line.startsWith(">>>>>>> ")) {
                settled.append(line).append('\n');
            }
        }
        write(file.toString(), settled.toString(), StandardOpenOption.TRUNCATE_EXISTING);
    }

    private void writeResult(String json) throws IOException {
        String file = environment.get("COPPICE_RESULT");
        if (file != null) {
            Files.writeString(Path.of(file), json);
        }
    }

    private static Process started(String... argv) throws IOException {
        return new ProcessBuilder(argv).inheritIO().start();
    }

    private static void hang() {
        try {
            Thread.currentThread().join();
        } catch (InterruptedException _) {
            // Nobody interrupts it; it ends with the process.
        }
    }

    private void usage(String[] amounts) throws IOException {
        line(
                "{\"type\":\"usage\",\"input\":"
                        + Long.parseLong(amounts[0])
                        + ",\"output\":"
                        + Long.parseLong(amounts[1])
                        + ",\"usd\":"
                        + quoted(amounts[2])
                        + "}");
    }

    private void flood(long bytes) throws IOException {
        byte[] block = ("x".repeat(99) + "\n").repeat(100).getBytes(UTF_8);
        for (long left = bytes; left > 0; left -= block.length) {
            out.write(block, 0, (int) Math.min(left, block.length));
        }
    }

    // What it prints.

    private void print(String type, String... fields) throws IOException {
        StringBuilder json = new StringBuilder("{\"type\":").append(quoted(type));
        for (int i = 0; i < fields.length; i += 2) {
            json.append(',').append(quoted(fields[i])).append(':').append(quoted(fields[i + 1]));
        }
        line(json.append('}').toString());
    }

    private void line(String json) throws IOException {
        out.write((json + "\n").getBytes(UTF_8));
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (each == '"' || each == '\\') {
                json.append('\\').append(each);
            } else if (each < ' ') {
                json.append("\\u00").append(Character.forDigit(each >> 4, 16));
                json.append(Character.forDigit(each & 15, 16));
            } else {
                json.append(each);
            }
        }
        return json.append('"').toString();
    }
}
