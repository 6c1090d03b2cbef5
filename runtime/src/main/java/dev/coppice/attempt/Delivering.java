package dev.coppice.attempt;

import dev.coppice.git.Authorship;
import dev.coppice.git.BranchName;
import dev.coppice.git.CommitMessage;
import dev.coppice.git.Git;
import dev.coppice.git.Landed;
import dev.coppice.git.LandingOrder;
import dev.coppice.model.CommitId;
import dev.coppice.model.Integration.Delivery;
import dev.coppice.model.JobId;
import java.util.List;

/// Merges a job's result into the branch it is for.
public final class Delivering {
    private Delivering() {}

    /// Merges `result` into `target` with a merge commit, or says why it can't be and what to type.
    ///
    /// @param request what the job was for; its first line becomes the merge's title
    public static Delivery deliver(
            Git git,
            JobId job,
            String request,
            BranchName target,
            CommitId result,
            Authorship authorship) {
        if (git.refs().commit(target.ref()).isEmpty()) {
            return new Delivery.Refused(
                    target.value(),
                    "There is no branch " + target + ".",
                    "git branch " + target + " " + Naming.resultBranch(job));
        }
        String title = request.strip().lines().findFirst().orElse("job " + job);
        CommitMessage message =
                new CommitMessage(
                        "Merge " + Naming.resultBranch(job) + ": " + title,
                        List.of(new CommitMessage.Trailer("Coppice-Job", job.value())));
        LandingOrder order =
                new LandingOrder(target, result, Naming.resultBranch(job), authorship, message);
        return switch (git.landing().merge(order)) {
            case Landed.Merged(CommitId commit) -> new Delivery.Delivered(target.value(), commit);
            case Landed.AlreadyThere() -> new Delivery.Delivered(target.value(), result);
            case Landed.WouldTouch(List<String> paths, String command) ->
                    new Delivery.Refused(
                            target.value(),
                            "You have changes there that a merge would touch: "
                                    + String.join(", ", paths),
                            command);
            case Landed.Conflicts(List<String> paths, String command) ->
                    new Delivery.Refused(
                            target.value(),
                            "The branch has changes that conflict: " + String.join(", ", paths),
                            command);
            case Landed.Busy(String reason, String command) ->
                    new Delivery.Refused(target.value(), reason, command);
        };
    }
}
