package dev.treadle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlinesTest {

    private static final Duration ENDLESS = Duration.ofSeconds(Long.MAX_VALUE);
    private static final Duration LONG_AGO = Duration.ofSeconds(Long.MIN_VALUE);

    @Test
    void addsTheDelay() {
        assertThat(Deadlines.after(100, Duration.ofNanos(23))).isEqualTo(123);
        assertThat(Deadlines.after(-100, Duration.ofNanos(23))).isEqualTo(-77);
        assertThat(Deadlines.after(100, Duration.ofNanos(-23))).isEqualTo(77);
        assertThat(Deadlines.after(100, Duration.ZERO)).isEqualTo(100);
    }

    @Test
    void aSumThatOverflowsIsTheLatestTime() {
        assertThat(Deadlines.after(Long.MAX_VALUE - 5, Duration.ofNanos(5)))
                .isEqualTo(Long.MAX_VALUE);
        assertThat(Deadlines.after(Long.MAX_VALUE - 5, Duration.ofNanos(6)))
                .isEqualTo(Long.MAX_VALUE);
        assertThat(Deadlines.after(1, Duration.ofNanos(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aSumThatUnderflowsIsTheEarliestTime() {
        assertThat(Deadlines.after(Long.MIN_VALUE + 5, Duration.ofNanos(-5)))
                .isEqualTo(Long.MIN_VALUE);
        assertThat(Deadlines.after(Long.MIN_VALUE + 5, Duration.ofNanos(-6)))
                .isEqualTo(Long.MIN_VALUE);
        assertThat(Deadlines.after(-1, Duration.ofNanos(Long.MIN_VALUE))).isEqualTo(Long.MIN_VALUE);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, Long.MAX_VALUE})
    void aDelayOfMoreNanosecondsThanALongHoldsIsClamped(long now) {
        assertThat(Deadlines.after(now, ENDLESS)).isEqualTo(Long.MAX_VALUE);
        assertThat(Deadlines.after(-now - 1, LONG_AGO)).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void aClockThatStartsBelowZeroCanReachFarAhead() {
        assertThat(Deadlines.after(-10, ENDLESS)).isEqualTo(Long.MAX_VALUE - 10);
        assertThat(Deadlines.after(10, LONG_AGO)).isEqualTo(Long.MIN_VALUE + 10);
    }

    @Test
    void onlyWhatIsMoreThanZeroIsPositive() {
        assertThat(Deadlines.isPositive(Duration.ofNanos(1))).isTrue();
        assertThat(Deadlines.isPositive(ENDLESS)).isTrue();
        assertThat(Deadlines.isPositive(Duration.ZERO)).isFalse();
        assertThat(Deadlines.isPositive(Duration.ofNanos(-1))).isFalse();
        assertThat(Deadlines.isPositive(LONG_AGO)).isFalse();
    }
}
