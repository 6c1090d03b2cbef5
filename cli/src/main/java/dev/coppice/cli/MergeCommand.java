package dev.coppice.cli;

import dev.coppice.git.BranchName;
import dev.coppice.model.Integration.Delivery;
import dev.coppice.report.JobView;
import dev.coppice.runtime.Coppice;
import picocli.CommandLine.Model.CommandSpec;

/// `merge`: brings a reviewed result into its target branch.
final class MergeCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec)
                .parameter("JOB", "Its id")
                .value("--target", "BRANCH", "The branch to merge into, in place of the job's")
                .usual();
    }

    @Override
    public int run(Invocation call) {
        try (Coppice coppice = call.open()) {
            JobView job = call.job(coppice);
            String id = job.id().value();
            if (job.resultCommit().isEmpty()) {
                throw CommandFailure.of(
                        ExitCode.INVALID,
                        id,
                        "It has no result to merge (its status is %s)."
                                .formatted(job.status().wire()));
            }
            String target =
                    call.value("--target")
                            .or(() -> job.request().target())
                            .orElseThrow(() ->
                                    CommandFailure.of(
                                            ExitCode.INVALID,
                                            id,
                                            "It is not known what to merge into: say --target BRANCH."));
            return tell(call, coppice.merge(job, branch(target)));
        }
    }

    private static BranchName branch(String named) {
        BranchName.problem(named)
                .ifPresent(problem -> {
                    throw CommandFailure.of(ExitCode.INVALID, "--target", problem);
                });
        return new BranchName(named);
    }

    private static int tell(Invocation call, Delivery delivery) {
        return switch (delivery) {
            case Delivery.Delivered done -> {
                call.out()
                        .line(
                                call.isJson()
                                        ? Json.write(
                                                Json.object(
                                                        "merged", true,
                                                        "target", done.target(),
                                                        "commit", done.commit()))
                                        : "merged into "
                                                + done.target()
                                                + " as "
                                                + done.commit().abbreviated());
                yield ExitCode.DONE.number();
            }
            case Delivery.Refused refused ->
                    throw CommandFailure.of(
                            ExitCode.CONFLICT,
                            refused.target(),
                            "%s. By hand: %s"
                                    .formatted(
                                            refused.why().replaceFirst("[.]$", ""),
                                            refused.command()));
            case Delivery.NotAsked _ -> throw new IllegalStateException("a merge was asked for");
        };
    }
}
