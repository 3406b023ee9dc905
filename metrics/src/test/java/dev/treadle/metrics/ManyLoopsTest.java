package dev.treadle.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// An application that makes one loop after another.
class ManyLoopsTest {
    private static final int LOOPS = 10_000;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void leavesNothingBehind() {
        for (int i = 0; i < LOOPS; i++) {
            EventLoop loop = newLoop();
            TreadleMetrics.of(loop).bindTo(registry);
            loop.close();
        }

        assertThat(registry.getMeters()).isEmpty();
        assertThat(ObservedLoops.OF_PROCESS.size()).isZero();
        assertThat(ObservedLoops.OF_PROCESS.watchdog.size()).isZero();
        assertThat(threads("treadle-metrics")).hasSizeLessThanOrEqualTo(1);
        assertThat(threads("treadle-single-many")).isEmpty();
        try (EventLoop next = newLoop()) {
            TreadleMetrics.of(next).bindTo(registry);
            assertThat(registry.get("treadle.info").meter().getId().getTag("loop"))
                    .isEqualTo("many"); // the name is free again
        }
    }

    private static EventLoop newLoop() {
        return EventLoop.create(LoopConfig.defaults().withName("many").withScheduler("single"));
    }

    private static List<String> threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith(prefix))
                .toList();
    }
}
