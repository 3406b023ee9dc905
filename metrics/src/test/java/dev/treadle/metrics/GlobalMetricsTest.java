package dev.treadle.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Collection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What an application gets that has the jar on its class path, and no code.
class GlobalMetricsTest {
    private final String property = System.getProperty(GlobalMetrics.PROPERTY);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @BeforeEach
    void add() {
        Metrics.addRegistry(registry);
        System.clearProperty(GlobalMetrics.PROPERTY);
    }

    @AfterEach
    void restore() {
        Metrics.removeRegistry(registry);
        if (property != null) {
            System.setProperty(GlobalMetrics.PROPERTY, property);
        }
    }

    private static EventLoop newLoop() {
        return EventLoop.create(LoopConfig.defaults().withName("global").withScheduler("single"));
    }

    private Collection<Meter> meters() {
        return registry.find("treadle.info").tag("loop", "global").meters();
    }

    @Test
    void everyLoopIsInTheGlobalRegistry() {
        try (EventLoop _ = newLoop()) {
            assertThat(meters()).hasSize(1);
        }

        assertThat(registry.getMeters()).isEmpty();
        assertThat(Metrics.globalRegistry.getMeters()).isEmpty();
    }

    @Test
    void aPropertySwitchesItOff() {
        System.setProperty(GlobalMetrics.PROPERTY, "false");
        try (EventLoop loop = newLoop()) {
            assertThat(registry.getMeters()).isEmpty();

            TreadleMetrics.of(loop).bindTo(registry);
            assertThat(meters()).hasSize(1);
        }

        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void loopsOnVirtualTimeAreLeftAlone() {
        try (EventLoop loop =
                EventLoop.create(LoopConfig.defaults().withName("global").withScheduler("test"))) {
            assertThat(loop.scheduler()).isEqualTo("test");
            assertThat(meters()).isEmpty();
        }
    }

    @Test
    void aBinderOfTheApplicationsAddsNoOther() {
        try (EventLoop loop = newLoop();
                TreadleMetrics metrics = TreadleMetrics.of(loop)) {
            metrics.bindTo(Metrics.globalRegistry);
            assertThat(meters()).hasSize(1);
        }

        assertThat(registry.getMeters()).isEmpty();
    }
}
