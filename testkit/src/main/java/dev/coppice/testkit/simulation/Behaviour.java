package dev.coppice.testkit.simulation;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.model.Outcome;
import java.math.BigDecimal;
import java.util.Optional;

/// What comes of attempts.
@FunctionalInterface
interface Behaviour {
    /// How an attempt will end when nobody stops it.
    ///
    /// @param millis after its start; beyond its limit it is ended as timed out
    record Ending(long millis, Outcome outcome, Optional<BigDecimal> usd) {}

    Ending of(AttemptOrder order);
}
