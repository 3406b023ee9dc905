package dev.treadle.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.treadle.benchmarks.run.Overhead.Figure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

class OverheadTest {

    @Test
    void isTheMedianOfWhatTheRoundsSay() {
        List<Overhead> overheads =
                Overhead.of(
                        List.of(
                                new Figure(1, "echo", "absent", 100, 24),
                                new Figure(1, "echo", "bound", 102, 24),
                                new Figure(2, "echo", "absent", 200, 24), // a busy machine
                                new Figure(2, "echo", "bound", 201, 24),
                                new Figure(3, "echo", "absent", 100, 24),
                                new Figure(3, "echo", "bound", 150, 30)));

        assertThat(overheads)
                .singleElement()
                .satisfies(overhead -> {
                    assertThat(overhead.time()).isCloseTo(1.02, within(1e-9));
                    assertThat(overhead.bytes()).isZero();
                    assertThat(overhead.isWithin()).as("of one percent").isFalse();
                });
    }

    @Test
    void isBoundByWhoLooksOnAndByTheWork() {
        assertThat(new Overhead("yieldPingPong", "bound", 1.029, 0).isWithin()).isTrue();
        assertThat(new Overhead("yieldPingPong", "bound", 1.031, 0).isWithin()).isFalse();
        assertThat(new Overhead("echo", "bound", 1.009, 0).isWithin()).isTrue();
        assertThat(new Overhead("echo", "bound", 1.011, 0).isWithin()).isFalse();
        assertThat(new Overhead("yieldPingPong", "unbound", 1.004, 0).isWithin()).isTrue();
        assertThat(new Overhead("yieldPingPong", "unbound", 1.006, 0).isWithin()).isFalse();
        assertThat(new Overhead("yieldPingPong", "bound", 1, 1).isWithin()).isFalse();
    }

    /// Two rounds of one turn each, in this JVM: the figures say nothing, but there is one for all.
    @Test
    void isMeasuredOfEveryWorkAndEverybodyWhoMayLookOn() throws RunnerException {
        String before = System.getProperty("treadle.metrics.global");
        try {
            List<Overhead> overheads =
                    MetricsRuns.measure(
                            new OptionsBuilder()
                                    .forks(0)
                                    .warmupIterations(0)
                                    .measurementIterations(2)
                                    .measurementTime(TimeValue.milliseconds(1))
                                    .verbosity(VerboseMode.SILENT));

            assertThat(overheads)
                    .extracting(overhead -> overhead.work() + " " + overhead.metrics())
                    .containsExactly(
                            "echo bound",
                            "echo unbound",
                            "handOff bound",
                            "handOff unbound",
                            "yieldPingPong bound",
                            "yieldPingPong unbound");
        } finally {
            if (before == null) {
                System.clearProperty("treadle.metrics.global");
            } else {
                System.setProperty("treadle.metrics.global", before);
            }
        }
    }
}
