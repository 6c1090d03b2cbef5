package dev.coppice.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// `completion`: a script that completes commands and options in a shell.
final class CompletionCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec)
                .parameter("SHELL", "bash, zsh or fish")
                .flag(Options.JSON, "Print one JSON document");
    }

    @Override
    public int run(Invocation call) {
        String shell = call.parameter(0).orElseThrow();
        String script =
                switch (shell) {
                    case "bash" -> bash();
                    // zsh reads the same script once it is told to.
                    case "zsh" -> "autoload -U +X bashcompinit && bashcompinit\n" + bash();
                    case "fish" -> fish();
                    default ->
                            throw CommandFailure.of(
                                    ExitCode.INVALID, shell, "It is known for bash, zsh and fish.");
                };
        call.out()
                .print(
                        call.isJson()
                                ? Json.write(Json.object("shell", shell, "script", script)) + "\n"
                                : script);
        return ExitCode.DONE.number();
    }

    private static SequencedMap<Commands.Entry, List<OptionSpec>> options() {
        SequencedMap<Commands.Entry, List<OptionSpec>> options = new LinkedHashMap<>();
        for (Commands.Entry entry : Commands.shown()) {
            options.put(entry, Shell.describe(entry, entry.action().get()).options());
        }
        return options;
    }

    private static String bash() {
        StringBuilder cases = new StringBuilder();
        for (Map.Entry<Commands.Entry, List<OptionSpec>> command : options().entrySet()) {
            cases.append(
                    "        %s) words=\"%s\" ;;\n"
                            .formatted(
                                    command.getKey().name(),
                                    command.getValue().stream()
                                            .map(OptionSpec::longestName)
                                            .collect(Collectors.joining(" "))));
        }
        String names =
                Commands.shown().stream()
                        .map(Commands.Entry::name)
                        .collect(Collectors.joining(" "));
        return """
        _coppice() {
            local words="%s" here=${COMP_WORDS[COMP_CWORD]}
            [ "$COMP_CWORD" -eq 1 ] || case ${COMP_WORDS[1]} in
        %s        *) words= ;;
            esac
            COMPREPLY=($(compgen -W "$words" -- "$here"))
        }
        complete -o default -F _coppice coppice
        """
                .formatted(names, cases);
    }

    private static String fish() {
        StringBuilder script = new StringBuilder();
        for (Map.Entry<Commands.Entry, List<OptionSpec>> command : options().entrySet()) {
            String name = command.getKey().name();
            script.append(
                    "complete -c coppice -n __fish_use_subcommand -a %s -d '%s'\n"
                            .formatted(name, command.getKey().does().replace("'", "\\'")));
            for (OptionSpec option : command.getValue()) {
                script.append(
                        "complete -c coppice -n '__fish_seen_subcommand_from %s' -l %s -d '%s'\n"
                                .formatted(
                                        name,
                                        option.longestName().replaceFirst("^--", ""),
                                        String.join(" ", option.description())
                                                .replace("'", "\\'")));
            }
        }
        return script.toString();
    }
}
