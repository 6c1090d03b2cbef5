package dev.coppice.model;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/// What one task may use.
///
/// @param timeout wall clock of the first attempt; more than zero
/// @param maxRetries further attempts after a failed first one, 0–100
/// @param maxFixRounds times that a failing check goes back to the same agent, 0–100
/// @param budgetUsd money for all attempts together; unset: the job's alone counts
public record Limits(
        Duration timeout, int maxRetries, int maxFixRounds, Optional<BigDecimal> budgetUsd) {
    public Limits {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("a timeout must be more than zero");
        }
        if (maxRetries < 0 || maxFixRounds < 0) {
            throw new IllegalArgumentException("retries and fix rounds can't be negative");
        }
    }
}
