package dev.coppice.schedule;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// What a job and each of its tasks have spent, and what they have promised to child jobs that are not
/// over. What is promised is neither spent nor left.
final class Money {
    private final Supplier<Optional<BigDecimal>> budget;
    private BigDecimal spentUsd = BigDecimal.ZERO;
    private BigDecimal promisedUsd = BigDecimal.ZERO;

    /// @param budget the job's; empty where it has no limit
    Money(Supplier<Optional<BigDecimal>> budget) {
        this.budget = budget;
    }

    void spend(TaskState state, BigDecimal usd) {
        charge(state, usd);
        spentUsd = spentUsd.add(usd);
    }

    /// What a child job cost counts for the task that started it too.
    void charge(TaskState by, BigDecimal usd) {
        by.spentUsd = by.spentUsd.add(usd);
    }

    void promise(TaskState by, BigDecimal usd) {
        by.promisedUsd = by.promisedUsd.add(usd);
        promisedUsd = promisedUsd.add(usd);
    }

    /// The child job is over, and whatever it did not spend is there again.
    void takeBack(TaskState by, BigDecimal usd) {
        promise(by, usd.negate());
    }

    BigDecimal spentUsd() {
        return spentUsd;
    }

    /// Whether nothing is left of the job's budget.
    boolean isSpent() {
        return budget.get().filter(b -> spentUsd.compareTo(b) >= 0).isPresent();
    }

    /// Whether all the money that is left is promised to child jobs, of which some may come back.
    boolean isPromised() {
        return promisedUsd.signum() > 0 && left().filter(left -> left.signum() <= 0).isPresent();
    }

    /// The least of what is left of the task's own money and the job's; empty where neither has a limit.
    Optional<BigDecimal> left(TaskState task) {
        Stream<BigDecimal> own =
                task.task().limits().budgetUsd().stream()
                        .map(b -> b.subtract(task.spentUsd).subtract(task.promisedUsd));
        return Stream.concat(own, left().stream()).min(Comparator.naturalOrder());
    }

    private Optional<BigDecimal> left() {
        return budget.get().map(b -> b.subtract(spentUsd).subtract(promisedUsd));
    }
}
