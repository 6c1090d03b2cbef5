package dev.coppice.agent;

import dev.coppice.model.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a run of Claude Code used. Its results give sums over the whole session, also over earlier runs that were
/// resumed; what was used after the last result, which is all of a run that was killed, is counted message by message,
/// without a price. The next run's sum then has the price of both.
final class ClaudeUsage {
    private static final int USD_DECIMALS = 6;

    private Optional<Usage> sum = Optional.empty();
    private Usage sinceSum = Usage.NONE;
    private Usage lastMessage = Usage.NONE;
    private String lastId = "";

    /// A part of a message: parts that follow one another have one id, and the usage of the whole.
    void count(String message, Usage used) {
        if (!message.equals(lastId)) {
            sinceSum = sinceSum.plus(lastMessage);
            lastId = message;
        }
        lastMessage = used;
    }

    void sum(JsonNode result) {
        Usage total = Usage.NONE;
        boolean isPriceKnown = true;
        for (JsonNode model : result.path("modelUsage")) {
            total =
                    total.plus(
                            new Usage(
                                    model.path("inputTokens").asLong(0),
                                    model.path("outputTokens").asLong(0),
                                    model.path("cacheReadInputTokens").asLong(0),
                                    model.path("cacheCreationInputTokens").asLong(0),
                                    Optional.empty()));
            // For a model that it does not know the program guesses.
            isPriceKnown &= !model.path("costBasis").asString("").equals("unknown");
        }
        JsonNode cost = result.path("total_cost_usd");
        Optional<BigDecimal> usd =
                isPriceKnown && cost.isNumber()
                        ? Optional.of(usd(cost.decimalValue()))
                        : Optional.empty();
        sum =
                Optional.of(
                        new Usage(
                                total.inputTokens(),
                                total.outputTokens(),
                                total.cacheReadTokens(),
                                total.cacheWriteTokens(),
                                usd));
        sinceSum = Usage.NONE;
        lastMessage = Usage.NONE;
        lastId = "";
    }

    /// What this run used in a session that had used `before`.
    Usage since(Usage before) {
        Usage own = sum.map(total -> difference(total, before)).orElse(Usage.NONE);
        return own.plus(sinceSum).plus(lastMessage);
    }

    /// A sum below what was there before was begun anew.
    private static Usage difference(Usage total, Usage before) {
        BigDecimal usdBefore = before.usd().orElse(BigDecimal.ZERO);
        if (total.tokens() < before.tokens()
                || total.usd().filter(usd -> usd.compareTo(usdBefore) < 0).isPresent()) {
            return total;
        }
        return new Usage(
                Math.max(0, total.inputTokens() - before.inputTokens()),
                Math.max(0, total.outputTokens() - before.outputTokens()),
                Math.max(0, total.cacheReadTokens() - before.cacheReadTokens()),
                Math.max(0, total.cacheWriteTokens() - before.cacheWriteTokens()),
                total.usd().map(usd -> usd.subtract(usdBefore)));
    }

    private static BigDecimal usd(BigDecimal cost) {
        return cost.setScale(USD_DECIMALS, RoundingMode.HALF_UP);
    }
}
