package dev.coppice.workspace;

import dev.coppice.git.BranchName;
import dev.coppice.model.JobId;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// What `clean` is to go by.
///
/// @param targets the branches that jobs are, or would be, merged into. Work that is in one of them is the user's; a
///     branch of a job's own keeps nothing for good, so one that is named here does not count
/// @param template the form of the names of the tasks' branches
/// @param before older than this, what was rescued or kept for a job that ended goes too
/// @param isUnderWay whether a job is not over, asked right before anything of it is touched: nothing of it is then
public record CleanOrder(
        Set<BranchName> targets,
        BranchTemplate template,
        Optional<Instant> before,
        Predicate<JobId> isUnderWay) {
    public CleanOrder {
        targets = Set.copyOf(targets);
    }
}
