package dev.treadle.examples.crawler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LatenciesTest {

    private static Latencies millis(int... values) {
        return new Latencies(IntStream.of(values).mapToObj(Duration::ofMillis).toList());
    }

    @ParameterizedTest
    @CsvSource({"50, 50", "95, 95", "99, 99", "100, 100", "0.5, 1", "99.1, 100"})
    void percentilesOfOneToAHundredAreTheirOwnRank(double percent, int expected) {
        Latencies latencies = millis(IntStream.rangeClosed(1, 100).map(i -> 101 - i).toArray());

        assertThat(latencies.percentile(percent)).isEqualTo(Duration.ofMillis(expected));
    }

    @Test
    void percentilesOfFewRequestsAreOnesThatHappened() {
        Latencies latencies = millis(30, 10, 20);

        assertThat(latencies.percentile(50)).isEqualTo(Duration.ofMillis(20));
        assertThat(latencies.percentile(99)).isEqualTo(Duration.ofMillis(30));
    }

    @Test
    void thereIsNothingToTellOfNoRequests() {
        Latencies none = new Latencies(List.of());

        assertThat(none.percentile(50)).isZero();
        assertThat(none.sum()).isZero();
        assertThat(none.count()).isZero();
    }

    @Test
    void sumAddsAllRequests() {
        assertThat(millis(1, 2, 3).sum()).isEqualTo(Duration.ofMillis(6));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 100.5})
    void percentilesOutsideOfAHundredAreRefused(double percent) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> millis(1).percentile(percent))
                .withMessageContaining(String.valueOf(percent));
    }
}
