package dev.treadle.metrics;

import com.google.auto.service.AutoService;
import dev.treadle.EventLoop;
import dev.treadle.spi.LoopObserver;
import io.micrometer.core.instrument.Metrics;

/// Binds every loop to [Metrics#globalRegistry], to which Spring Boot, Micronaut and Quarkus add
/// theirs, and removes the meters of closed loops from wherever they were bound.
///
/// The system property `treadle.metrics.global`, set to `false`, has loops bound by
/// [TreadleMetrics] alone. It is read whenever a loop is made.
@AutoService(LoopObserver.class)
public final class GlobalMetrics implements LoopObserver {
    static final String PROPERTY = "treadle.metrics.global";

    /// Called by `ServiceLoader`.
    public GlobalMetrics() {}

    @Override
    public void loopOpened(EventLoop loop) {
        if (!"false".equalsIgnoreCase(System.getProperty(PROPERTY))) {
            TreadleMetrics.of(loop).bindTo(Metrics.globalRegistry);
        }
    }

    @Override
    public void loopClosed(EventLoop loop) {
        ObservedLoops.OF_PROCESS.closed(loop);
    }
}
