package dev.treadle.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    @Test
    void theIterationsFillTheTimeThatStartingLeaves() {
        Pace pace = Pace.within(Duration.ofSeconds(620), 100, 2, 3);

        assertThat(pace).isEqualTo(new Pace(2, 3, 1000));
    }

    @Test
    void moreFiguresMakeThemShorter() {
        Pace pace = Pace.within(Duration.ofSeconds(620), 200, 2, 3);

        assertThat(pace.millis()).isEqualTo(380);
    }

    @Test
    void anIterationIsNeverTooShortToTell() {
        assertThat(Pace.within(Duration.ofSeconds(1), 1000, 1, 1).millis()).isEqualTo(50);
    }
}
