package dev.coppice.schedule;

import dev.coppice.model.CommitId;
import dev.coppice.model.Plan;
import dev.coppice.model.Settings;
import java.util.Optional;

/// What a running attempt asks of a child job.
///
/// @param request what is to be done
/// @param plan a plan that was checked; without one the lead makes it
/// @param base the commit from which the job starts; unset: its parent's
/// @param wanted the settings that the job is to have, made from [Children#settings]; it gets no more
///     than its parent has
public record ChildOrder(
        String request, Optional<Plan> plan, Optional<CommitId> base, Settings wanted) {
    public ChildOrder from(Optional<CommitId> other) {
        return new ChildOrder(request, plan, other, wanted);
    }
}
