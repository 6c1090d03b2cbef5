package dev.coppice.cli;

import dev.coppice.agent.ScriptedProgram;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The program's beginning. What is asked for most is answered before anything else is loaded.
public final class Main {
    /// As in the project's pom, which a test compares.
    static final String VERSION = "0.1.0-SNAPSHOT";

    private Main() {}

    /// Runs one command and ends the process with its exit code.
    public static void main(String[] args) throws IOException, InterruptedException {
        // Numbers look the same whatever the machine's language is, also where a format names none.
        Locale.setDefault(Locale.ROOT);
        if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
            System.out.println("coppice " + VERSION);
            return;
        }
        List<String> words = Arrays.asList(args);
        if (!words.isEmpty() && words.getFirst().equals("scripted-agent")) {
            ScriptedProgram.main(words.subList(1, words.size()).toArray(String[]::new));
            return;
        }
        System.exit(Shell.ofThisProcess().run(words));
    }
}
