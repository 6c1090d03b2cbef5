package dev.coppice.cli;

import dev.coppice.client.CoppiceClientException;
import dev.coppice.engine.EventLogException;
import dev.coppice.folder.FolderException;
import dev.coppice.git.GitException;
import dev.coppice.plan.Problem;
import dev.coppice.plan.Spelling;
import dev.coppice.process.CannotStartException;
import dev.coppice.runtime.NoRepositoryException;
import dev.coppice.runtime.Surroundings;
import dev.coppice.server.access.AccessException;
import dev.coppice.workspace.WorkspaceException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/// Finds the command that is meant, builds that one alone, and turns whatever happens into what the user
/// sees and an exit code.
final class Shell {
    private final Surroundings world;
    private final Output out;
    private final boolean isOnTerminal;

    Shell(Surroundings world, Output out, boolean isOnTerminal) {
        this.world = world;
        this.out = out;
        this.isOnTerminal = isOnTerminal;
    }

    static Shell ofThisProcess() {
        return new Shell(
                Surroundings.ofThisProcess(),
                Output.ofThisProcess(),
                Boolean.getBoolean("coppice.terminal"));
    }

    /// Runs what `words` ask for and returns the exit code.
    int run(List<String> words) {
        boolean isJson = words.contains(Options.JSON);
        try {
            return dispatch(words);
        } catch (ReaderGone _) {
            return ExitCode.DONE.number();
        } catch (CommandFailure failure) {
            return fail(failure, isJson);
        } catch (CoppiceClientException e) {
            return fail(CommandFailure.of(e), isJson);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return ExitCode.STOPPED.number();
        } catch (RuntimeException e) {
            // The edge of the program's thread: whatever went wrong, the user gets a line about it.
            return fail(broken(e), isJson);
        }
    }

    /// What could not be foreseen: the environment's fault where a room that touches it says so, else ours.
    private static CommandFailure broken(RuntimeException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (isEnvironment(cause)) {
                return CommandFailure.of(ExitCode.UNUSABLE, "environment", said(cause));
            }
        }
        LoggerFactory.getLogger(Shell.class).error("A command broke off", e);
        return CommandFailure.of(
                ExitCode.FAILED, "coppice", "Something went wrong in Coppice itself: " + e);
    }

    private static boolean isEnvironment(Throwable e) {
        return e instanceof GitException
                || e instanceof EventLogException
                || e instanceof NoRepositoryException
                || e instanceof WorkspaceException
                || e instanceof FolderException
                || e instanceof CannotStartException
                || e instanceof AccessException
                || e instanceof UncheckedIOException;
    }

    private static String said(Throwable e) {
        return Optional.ofNullable(e.getMessage()).orElseGet(e::toString);
    }

    private int dispatch(List<String> words) throws InterruptedException {
        if (words.isEmpty() || List.of("help", "--help", "-h").contains(words.getFirst())) {
            return words.size() > 1 ? dispatch(List.of(words.get(1), "--help")) : help();
        }
        String name = words.getFirst();
        Commands.Entry entry = Commands.find(name).orElseThrow(() -> unknown(name));
        Action action = entry.action().get();
        CommandLine line = new CommandLine(describe(entry, action));
        // A request may begin with @, and our own tasks' names do.
        line.setExpandAtFiles(false);
        try {
            CommandLine.ParseResult arguments =
                    line.parseArgs(words.subList(1, words.size()).toArray(String[]::new));
            if (arguments.isUsageHelpRequested()) {
                out.print(line.getUsageMessage(Ansi.OFF));
                return ExitCode.DONE.number();
            }
            if (entry.needs() == Commands.Needs.REPOSITORY && NamedServer.isNamed(world)) {
                throw CommandFailure.of(
                        ExitCode.INVALID,
                        name,
                        "This works in the repository itself, and COPPICE_API_URL names a server: unset that to work here.");
            }
            return action.run(new Invocation(arguments, world, out, isOnTerminal));
        } catch (ParameterException e) {
            throw CommandFailure.of(
                    ExitCode.INVALID,
                    name,
                    said(e) + " (`coppice " + name + " --help` tells what there is)");
        }
    }

    /// The command as picocli knows it.
    static CommandSpec describe(Commands.Entry entry, Action action) {
        CommandSpec spec = CommandSpec.create().name("coppice " + entry.name());
        spec.usageMessage().description(entry.does() + ".").width(Screen.COLUMNS);
        spec.usageMessage().sortOptions(false);
        action.describe(spec);
        spec.addOption(
                OptionSpec.builder("-h", "--help")
                        .type(boolean.class)
                        .arity("0")
                        .usageHelp(true)
                        .description("Print this")
                        .build());
        return spec;
    }

    private int help() {
        StringBuilder text =
                new StringBuilder(
                        """
                        Runs fleets of coding agents on one git repository.

                        Usage: coppice COMMAND [OPTIONS]

                        """);
        for (Commands.Entry entry : Commands.shown()) {
            text.append("  %-12s%s\n".formatted(entry.name(), entry.does()));
        }
        text.append(
                """

                `coppice COMMAND --help` tells more of one; `coppice --version` which this is.
                With $COPPICE_API_URL (and $COPPICE_API_KEY) set, commands about jobs speak to that server.
                """);
        out.print(text.toString());
        return ExitCode.DONE.number();
    }

    private static CommandFailure unknown(String name) {
        List<String> names = Commands.shown().stream().map(Commands.Entry::name).toList();
        return CommandFailure.of(
                ExitCode.INVALID,
                name,
                "There is no such command"
                        + Spelling.hint(name, names)
                        + " (`coppice --help` lists them)");
    }

    private int fail(CommandFailure failure, boolean isJson) {
        failure.problems().forEach(problem -> out.say(problem.toString()));
        if (isJson) {
            out.goOnAlone();
            out.line(
                    Json.write(
                            Json.object(
                                    "error",
                                    String.valueOf(failure.getMessage()),
                                    "exit_code",
                                    failure.code().number(),
                                    "problems",
                                    failure.problems().stream().map(Shell::json).toList())));
        }
        return failure.code().number();
    }

    private static Object json(Problem problem) {
        return Json.object("place", problem.place(), "message", problem.message());
    }
}
