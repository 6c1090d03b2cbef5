package dev.coppice.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// How many calls come in, by a clock that stands still but where the test moves it.
class RateLimitTest {
    private final AtomicLong now = new AtomicLong();
    private final RateLimit limit = new RateLimit(2, now::get);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void asManyCallsAsTheLimitComeInAtOnceAndThenOneAfterTheOther() {
        assertThat(limit.take("a")).isEmpty();
        assertThat(limit.take("a")).isEmpty();
        assertThat(limit.take("a")).contains(new RateLimit.Refused(Duration.ofSeconds(30), true));
        assertThat(limit.take("b")).as("each caller has its own").isEmpty();

        pass(Duration.ofSeconds(29));
        assertThat(limit.take("a")).map(RateLimit.Refused::isFirst).contains(false);
        pass(Duration.ofSeconds(1));
        assertThat(limit.take("a")).isEmpty();
        assertThat(limit.take("a")).map(RateLimit.Refused::isFirst).contains(true);
    }

    @Test
    void whoWasSilentForLongMayCallAsOftenAsTheLimitAndNoOftener() {
        pass(Duration.ofHours(1));
        limit.take("a");
        pass(Duration.ofHours(1));

        assertThat(limit.take("a")).isEmpty();
        assertThat(limit.take("a")).isEmpty();
        assertThat(limit.take("a")).isNotEqualTo(Optional.empty());
    }
}
