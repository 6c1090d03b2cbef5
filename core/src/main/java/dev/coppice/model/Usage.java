package dev.coppice.model;

import java.math.BigDecimal;
import java.util.Optional;

/// What a model was asked and answered, in tokens, and its price where it is known. Unknown is not
/// nothing: where no price is known, `usd` is empty.
public record Usage(
        long inputTokens,
        long outputTokens,
        long cacheReadTokens,
        long cacheWriteTokens,
        Optional<BigDecimal> usd) {

    /// Nothing used, price unknown.
    public static final Usage NONE = new Usage(0, 0, 0, 0, Optional.empty());

    /// Tokens of all kinds.
    public long tokens() {
        return inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens;
    }

    /// The sum; its price is that of the parts whose price is known.
    public Usage plus(Usage other) {
        return new Usage(
                inputTokens + other.inputTokens,
                outputTokens + other.outputTokens,
                cacheReadTokens + other.cacheReadTokens,
                cacheWriteTokens + other.cacheWriteTokens,
                usd.map(a -> a.add(other.usd.orElse(BigDecimal.ZERO))).or(other::usd));
    }
}
