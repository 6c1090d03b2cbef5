package dev.coppice.cli;

import dev.coppice.git.BranchName;
import dev.coppice.model.JobId;
import dev.coppice.report.Figures;
import dev.coppice.runtime.Coppice;
import dev.coppice.workspace.Rescued;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// `rescue`: the work that failed attempts left.
final class RescueCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec)
                .optional("JOB", "Its id; without one all jobs")
                .value("--restore", "WORKER-ATTEMPT", "Bring one back, as the list names it: 2-1")
                .value("--branch", "NAME", "The new branch for it")
                .value("--to", "FOLDER", "A new folder for it, in place of a branch")
                .usual();
    }

    @Override
    public int run(Invocation call) {
        try (Coppice coppice = call.open()) {
            Optional<JobId> job = call.parameter(0).map(_ -> call.job(coppice).id());
            List<Rescued> all =
                    coppice.workspaces().rescued().stream()
                            .filter(kept -> job.isEmpty() || kept.job().equals(job.get()))
                            .toList();
            Optional<String> wanted = call.value("--restore");
            if (wanted.isPresent()) {
                restore(call, coppice, all, wanted.get());
            } else {
                list(call, all);
            }
        }
        return ExitCode.DONE.number();
    }

    private static void list(Invocation call, List<Rescued> all) {
        if (call.isJson()) {
            call.out()
                    .line(
                            Json.write(
                                    Json.object(
                                            "rescued",
                                            all.stream().map(RescueCommand::json).toList())));
            return;
        }
        if (all.isEmpty()) {
            call.out().line("Nothing had to be rescued.");
        }
        for (Rescued kept : all) {
            call.out()
                    .line(
                            "%s  %-6s %s  %s  %s"
                                    .formatted(
                                            kept.job(),
                                            kept.name(),
                                            kept.commit().abbreviated(),
                                            Figures.moment(kept.when(), call.zone()),
                                            kept.ref()));
        }
    }

    private static Object json(Rescued kept) {
        return Json.object(
                "job_id", kept.job(),
                "worker", kept.number(),
                "attempt", kept.attempt(),
                "commit", kept.commit(),
                "ref", kept.ref(),
                "at", kept.when());
    }

    private static void restore(
            Invocation call, Coppice coppice, List<Rescued> all, String wanted) {
        List<Rescued> found = all.stream().filter(kept -> kept.name().equals(wanted)).toList();
        if (found.isEmpty() || call.parameter(0).isEmpty()) {
            throw CommandFailure.of(
                    ExitCode.UNKNOWN,
                    "--restore",
                    "Name a job, and what to bring back as `coppice rescue JOB` lists it.");
        }
        Optional<String> folder = call.value("--to");
        String branch =
                call.value("--branch").orElse("rescued/" + found.getFirst().job() + "/" + wanted);
        if (folder.isPresent()) {
            coppice.workspaces().restore(found.getFirst(), call.file(folder.get()));
        } else {
            BranchName.problem(branch)
                    .ifPresent(problem -> {
                        throw CommandFailure.of(ExitCode.INVALID, "--branch", problem);
                    });
            coppice.workspaces().restore(found.getFirst(), new BranchName(branch));
        }
        String where = folder.orElse(branch);
        call.out()
                .line(
                        call.isJson()
                                ? Json.write(Json.object("restored", where))
                                : "restored to " + where);
    }
}
