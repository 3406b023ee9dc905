package dev.treadle.examples.scheduler;

import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.spi.SchedulerProvider;
import java.util.concurrent.atomic.AtomicInteger;

/// Makes loops on a `ScheduledExecutorService` of one thread.
///
/// To be found by applications it would be named in `META-INF/services` and in the module's
/// `provides`; here it is not, because the other examples are to run on a scheduler of Treadle.
public final class ExecutorSchedulerProvider implements SchedulerProvider {
    private static final AtomicInteger LOOPS = new AtomicInteger();

    /// Makes a provider.
    public ExecutorSchedulerProvider() {}

    @Override
    public String name() {
        return "executor";
    }

    @Override
    public EventLoop newLoop(LoopConfig config) {
        String name = config.name() != null ? config.name() : "loop-" + LOOPS.incrementAndGet();
        return new ExecutorLoop(name, name());
    }
}
