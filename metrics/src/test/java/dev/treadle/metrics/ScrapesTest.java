package dev.treadle.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How often a loop is asked for what its meters show, and whether these agree with each other.
class ScrapesTest {
    private final AtomicLong clock = new AtomicLong();
    private final ObservedLoops loops =
            new ObservedLoops(clock::get, _ -> Thread.ofVirtual().unstarted(() -> {}));
    private final CountingLoop counting = new CountingLoop();
    private final TreadleMetrics metrics = TreadleMetrics.of(counting.loop, loops);
    private final PrometheusMeterRegistry prometheus =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @AfterEach
    void close() {
        metrics.close();
        counting.loop.close();
    }

    /// What a scrape says of the loop, which answers with the number of its answer.
    private static List<String> numbers(String scrape) {
        return scrape.lines()
                .filter(line ->
                        line.startsWith("treadle_task_spawned_total")
                                || line.startsWith("treadle_task_live")
                                || line.startsWith("treadle_task_unhandled_total")
                                || line.startsWith("treadle_timer_fired_total"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .toList();
    }

    @Test
    void aScrapeTakesOneSnapshot() {
        metrics.bindTo(prometheus);
        int before = counting.asked.get();

        for (int scrape = 1; scrape <= 3; scrape++) { // at the same moment
            String number = (before + scrape) + ".0";
            assertThat(numbers(prometheus.scrape()))
                    .containsExactly(number, number, number, number);
            assertThat(counting.asked).hasValue(before + scrape);
        }
    }

    @Test
    void twoRegistriesTakeOneEach() {
        PrometheusMeterRegistry other = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        metrics.bindTo(prometheus);
        metrics.bindTo(other);
        int before = counting.asked.get();

        prometheus.scrape();
        other.scrape();

        assertThat(counting.asked).hasValue(before + 2);
    }

    @Test
    void twoScrapesAtOnceTakeOneEachAndEachAgreesWithItself() throws InterruptedException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        metrics.bindTo(registry);
        double first = spawned(registry);
        AtomicReference<Double> other = new AtomicReference<>();

        Thread thread = Thread.ofVirtual().start(() -> other.set(spawned(registry)));
        thread.join();

        assertThat(other).hasValue(first + 1);
        assertThat(fired(registry)).isEqualTo(first);
    }

    @Test
    void whoReadsAMeterAgainSeesThePresent() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        metrics.bindTo(registry);
        double first = spawned(registry);

        assertThat(fired(registry)).isEqualTo(first);
        assertThat(fired(registry)).isEqualTo(first + 1);
        assertThat(spawned(registry)).isEqualTo(first + 1);
    }

    @Test
    void aSnapshotIsForgottenAfterASecond() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        metrics.bindTo(registry);
        double first = spawned(registry);

        clock.addAndGet(Scrapes.LONGEST - 1);
        assertThat(fired(registry)).isEqualTo(first);
        clock.addAndGet(1);
        assertThat(registry.get("treadle.task.unhandled").functionCounter().count())
                .isEqualTo(first + 1);
    }

    private static double spawned(SimpleMeterRegistry registry) {
        return registry.get("treadle.task.spawned").functionCounter().count();
    }

    private static double fired(SimpleMeterRegistry registry) {
        return registry.get("treadle.timer.fired").functionCounter().count();
    }
}
