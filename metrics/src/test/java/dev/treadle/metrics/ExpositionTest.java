package dev.treadle.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What Prometheus reads.
class ExpositionTest {
    private static final long LIMIT = 10_000_000;
    private static final int LEAST_SCRAPES = 20;
    private static final int MOST_SCRAPES = 1000;

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @Test
    void hasTheNamesAndTagsThatRulesAndDashboardsRelyOn() throws IOException {
        try (var on = new LoopOnVirtualTime("orders")) {
            on.metrics.bindTo(registry);
            on.runOnLoop(on::look);

            assertThat(
                            registry.scrape()
                                    .lines()
                                    .filter(line -> !line.startsWith("# HELP"))
                                    .map(ExpositionTest::withoutValue)
                                    .sorted())
                    .containsExactlyElementsOf(expected());
        }
    }

    /// A series without its value, a type as it is.
    private static String withoutValue(String line) {
        return line.startsWith("#")
                ? line
                : line.substring(0, line.lastIndexOf(' '))
                        .replaceAll("(java|version)=\"[^\"]*\"", "$1=\"...\"");
    }

    private static List<String> expected() throws IOException {
        try (InputStream file =
                Objects.requireNonNull(
                        ExpositionTest.class.getResourceAsStream("/exposition.txt"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    @Test
    void ofAThousandSeriesTakesLessThanTenMilliseconds() {
        List<EventLoop> loops = new ArrayList<>();
        try {
            for (int i = 0; i < 15; i++) {
                EventLoop loop = EventLoop.create(LoopConfig.defaults().withScheduler("single"));
                loops.add(loop);
                TreadleMetrics.of(loop).bindTo(registry);
            }
            long series = registry.scrape().lines().filter(line -> !line.startsWith("#")).count();
            assertThat(series).isGreaterThan(1000);

            // The best of some: what it takes, and not what others on this machine take.
            long best = Long.MAX_VALUE;
            for (int i = 0; i < MOST_SCRAPES && (i < LEAST_SCRAPES || best > LIMIT); i++) {
                long began = System.nanoTime();
                registry.scrape();
                best = Math.min(best, System.nanoTime() - began);
            }

            assertThat(best).as("nanoseconds for %d series", series).isLessThan(LIMIT);
        } finally {
            loops.forEach(EventLoop::close);
        }
    }
}
