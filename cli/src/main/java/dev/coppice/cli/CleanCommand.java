package dev.coppice.cli;

import dev.coppice.document.Form;
import dev.coppice.git.BranchName;
import dev.coppice.model.CommitId;
import dev.coppice.model.JobId;
import dev.coppice.report.JobView;
import dev.coppice.runtime.Coppice;
import dev.coppice.workspace.BranchTemplate;
import dev.coppice.workspace.Cleaning;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;

/// `clean`: removes what is no longer needed, and tells what stays and why.
final class CleanCommand implements Action {
    private static final String BEFORE = "--rescued-before";

    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec)
                .value(BEFORE, "AGE", "Also rescued work that is older: 30d, 12h")
                .flag("--all", "For uninstalling: also tells which folders can then be deleted")
                .flag("--yes", "Don't ask")
                .usual();
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        Optional<Instant> before = call.value(BEFORE).map(age -> call.now().minus(age(age)));
        try (Coppice coppice = call.open()) {
            if (call.has("--all") && !call.has("--yes")) {
                throw CommandFailure.of(
                        ExitCode.INVALID,
                        "--all",
                        "It removes the workspaces and branches of all ended jobs. If that is meant, say --all --yes.");
            }
            Set<JobId> running = new HashSet<>();
            List<CommitId> targets = new ArrayList<>();
            for (JobId id : coppice.jobs()) {
                coppice.view(id)
                        .ifPresent(job -> {
                            if (!job.status().isOver()) {
                                running.add(id);
                            }
                            targets.addAll(targets(coppice, job));
                        });
            }
            BranchTemplate template =
                    new BranchTemplate(
                            coppice.configuration().settings().layout().branchTemplate());
            tell(
                    call,
                    coppice,
                    coppice.workspaces().clean(targets, template, before, running::contains));
        }
        return ExitCode.DONE.number();
    }

    private static List<CommitId> targets(Coppice coppice, JobView job) {
        List<CommitId> targets = new ArrayList<>();
        job.resultCommit().ifPresent(targets::add);
        job.request()
                .target()
                .filter(name -> BranchName.problem(name).isEmpty())
                .flatMap(name -> coppice.git().refs().commit(new BranchName(name).ref()))
                .ifPresent(targets::add);
        return targets;
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
                                                    .toList())));
            return;
        }
        done.workspaces().forEach(path -> call.out().line("removed workspace " + path));
        done.branches().forEach(branch -> call.out().line("removed branch " + branch));
        done.rescued().forEach(ref -> call.out().line("removed rescued work " + ref));
        done.kept().forEach(kept -> call.out().line("kept " + kept.what() + ": " + kept.why()));
        if (call.has("--all")) {
            call.out().line("To uninstall, delete these folders:");
            call.out().line("  " + coppice.repository().commonFolder().resolve("coppice"));
            call.out().line("  " + coppice.repository().topLevel().resolve(".coppice"));
            call.out().line("  " + call.world().coppiceHome());
        }
    }
}
