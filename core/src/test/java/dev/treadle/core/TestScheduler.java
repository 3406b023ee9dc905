package dev.treadle.core;

import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.spi.SchedulerProvider;

/// The scheduler of this module's tests: loops on virtual time. [TestLoops#timeOf] tells a loop's
/// time.
public final class TestScheduler implements SchedulerProvider {

    /// Called by `ServiceLoader`.
    public TestScheduler() {}

    @Override
    public String name() {
        return "test";
    }

    @Override
    public EventLoop newLoop(LoopConfig config) {
        return TestLoops.virtual(
                config.name() == null ? "unnamed" : config.name(), new VirtualTime());
    }
}
