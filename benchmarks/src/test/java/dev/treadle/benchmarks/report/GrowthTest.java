package dev.treadle.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrowthTest {
    private static final List<Integer> SIZES = List.of(10, 1000, 10_000, 100_000);

    @ParameterizedTest
    @ValueSource(doubles = {-0.5, 0, 0.3, 1, 2})
    void findsTheExponentOfAPower(double exponent) {
        List<Double> costs = SIZES.stream().map(size -> 7 * Math.pow(size, exponent)).toList();

        assertThat(Growth.fit(SIZES, costs).exponent()).isCloseTo(exponent, within(1e-9));
    }

    @Test
    void aLogarithmLooksLikeASmallPower() {
        List<Double> costs = SIZES.stream().map(size -> Math.log(size)).toList();

        assertThat(Growth.fit(SIZES, costs).exponent()).isBetween(0.1, 0.3);
    }

    @Test
    void noiseOnBothSidesCancelsOut() {
        Growth growth = Growth.fit(List.of(1, 10, 100, 1000), List.of(1.1, 9.0, 90.0, 1100.0));

        assertThat(growth.exponent()).isCloseTo(1, within(0.05));
    }

    @Test
    void oneSizeIsNothingToFit() {
        assertThatThrownBy(() -> Growth.fit(List.of(10, 10), List.of(1.0, 2.0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two sizes");
    }

    @Test
    void aCostOfNothingHasNoPower() {
        assertThatThrownBy(() -> Growth.fit(List.of(1, 10), List.of(0.0, 2.0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0.0");
    }
}
