package dev.coppice.schedule;

import dev.coppice.model.CommitId;
import dev.coppice.model.Plan;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/// What a running attempt asks of a child job. What it leaves open is its parent's; what it asks for
/// is never more than its parent has.
///
/// @param request what is to be done
/// @param plan a plan that was checked; without one the lead makes it
/// @param base the commit from which the job starts; unset: its parent's
/// @param maxWorkers running attempts of the job at once; at least 1
/// @param defaultTimeout wall clock of an attempt
/// @param recursion whether the job may start jobs itself
/// @param maxDepth how deep its family may become
/// @param budgetUsd what it may spend
public record ChildOrder(
        String request,
        Optional<Plan> plan,
        Optional<CommitId> base,
        Optional<Integer> maxWorkers,
        Optional<Duration> defaultTimeout,
        boolean recursion,
        Optional<Integer> maxDepth,
        Optional<BigDecimal> budgetUsd) {

    /// An order that leaves all else open.
    public static ChildOrder of(String request, Optional<Plan> plan) {
        return new ChildOrder(
                request,
                plan,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                true,
                Optional.empty(),
                Optional.empty());
    }
}
