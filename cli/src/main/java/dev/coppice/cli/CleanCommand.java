package dev.coppice.cli;

import dev.coppice.document.Form;
import dev.coppice.runtime.Coppice;
import dev.coppice.workspace.Cleaning;
import java.io.Console;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// `clean`: removes what is no longer needed, and tells what stays and why.
final class CleanCommand implements Action {
    private static final String BEFORE = "--rescued-before";
    private static final String ALL = "--all";
    private static final String YES = "--yes";

    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec)
                .value(BEFORE, "AGE", "Also rescued work that is older: 30d, 12h")
                .flag(ALL, "For uninstalling: also tells what is left to be deleted by hand")
                .flag(YES, "Don't ask before --all")
                .usual();
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        Optional<Instant> before = call.value(BEFORE).map(age -> call.now().minus(age(age)));
        try (Coppice coppice = call.open()) {
            if (call.has(ALL) && !call.has(YES) && !isMeant(call)) {
                call.out().say("nothing was removed");
                return ExitCode.DONE.number();
            }
            tell(call, coppice, coppice.clean(before));
        }
        return ExitCode.DONE.number();
    }

    /// Asks the person at the terminal.
    private static boolean isMeant(Invocation call) {
        String what = "It removes the workspaces and the merged branches of all ended jobs.";
        Optional<Console> console =
                Optional.ofNullable(System.console()).filter(Console::isTerminal);
        if (console.isEmpty() || call.isJson()) {
            throw CommandFailure.of(
                    ExitCode.INVALID, ALL, what + " If that is meant, say --all --yes.");
        }
        String answer = console.get().readLine("%s Go on? [y/N] ", what);
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
    }

    private static Duration age(String text) {
        if (text.matches("[0-9]{1,4}d")) {
            return Duration.ofDays(Long.parseLong(text.substring(0, text.length() - 1)));
        }
        return Form.TIME_SPAN
                .read(text)
                .orElseThrow(() ->
                        CommandFailure.of(ExitCode.INVALID, BEFORE, "An age is 30d, 12h or 90m."));
    }

    private static void tell(Invocation call, Coppice coppice, Cleaning done) {
        List<Leftover> left = call.has(ALL) ? Leftover.of(call.world(), coppice) : List.of();
        if (call.isJson()) {
            call.out()
                    .line(
                            Json.write(
                                    Json.object(
                                            "workspaces",
                                            done.workspaces(),
                                            "branches",
                                            done.branches(),
                                            "rescued",
                                            done.rescued(),
                                            "kept",
                                            done.kept().stream()
                                                    .map(kept ->
                                                            Json.object(
                                                                    "what",
                                                                    kept.what(),
                                                                    "why",
                                                                    kept.why()))
                                                    .toList(),
                                            "left",
                                            left.stream().map(Leftover::json).toList())));
            return;
        }
        if (done.equals(new Cleaning(List.of(), List.of(), List.of(), List.of()))) {
            call.out().line("There is nothing to remove.");
        }
        done.workspaces().forEach(path -> call.out().line("removed workspace " + path));
        done.branches().forEach(branch -> call.out().line("removed branch " + branch));
        done.rescued().forEach(ref -> call.out().line("removed rescued work " + ref));
        done.kept().forEach(kept -> call.out().line("kept " + kept.what() + ": " + kept.why()));
        if (!left.isEmpty()) {
            call.out().line("\nTo uninstall, delete what is left:");
            left.forEach(each -> call.out().line(each.command() + "  # " + each.what()));
        }
    }
}
