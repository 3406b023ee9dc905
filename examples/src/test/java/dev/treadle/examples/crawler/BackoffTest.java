package dev.treadle.examples.crawler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Duration FIRST = Duration.ofMillis(100);

    @Test
    void theLimitDoublesWithEachRetry() {
        Backoff backoff = new Backoff(FIRST, 42);

        for (int retry = 0; retry < 8; retry++) {
            for (int sample = 0; sample < 1000; sample++) {
                assertThat(backoff.before(retry))
                        .isBetween(Duration.ZERO, FIRST.multipliedBy(1L << retry));
            }
        }
    }

    @Test
    void manyRetriesOfALongWaitDoNotOverflow() {
        Backoff backoff = new Backoff(Duration.ofMinutes(99_999), 42);

        assertThat(backoff.before(1000)).isPositive();
    }

    @Test
    void theSeedDecides() {
        Backoff one = new Backoff(FIRST, 7);
        Backoff other = new Backoff(FIRST, 7);

        for (int retry = 0; retry < 8; retry++) {
            assertThat(one.before(retry)).isEqualTo(other.before(retry));
        }
    }
}
