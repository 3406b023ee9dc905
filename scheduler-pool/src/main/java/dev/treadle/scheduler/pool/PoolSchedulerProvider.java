package dev.treadle.scheduler.pool;

import com.google.auto.service.AutoService;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.core.CoreEventLoop;
import dev.treadle.core.LoopNames;
import dev.treadle.core.PlatformCarriers;
import dev.treadle.core.Ports;
import dev.treadle.spi.SchedulerProvider;

/// Makes loops whose tasks share a few carrier threads and steal work from each other.
///
/// System properties, read when a loop is made, say how large its pool is:
///
/// | property | means | default |
/// | --- | --- | --- |
/// | `treadle.pool.parallelism` | how many tasks may run at the same moment | the processors there are |
/// | `treadle.pool.limit` | how many tasks may be unfinished | no limit |
/// | `treadle.pool.full` | what becomes of one too many: `refuse`, or `wait` for room | `refuse` |
///
/// Callbacks and timers have a thread of their own, so that no task, however busy, holds them up.
@AutoService(SchedulerProvider.class)
public final class PoolSchedulerProvider implements SchedulerProvider {
    private static final LoopNames NAMES = new LoopNames();

    /// Called by `ServiceLoader`.
    public PoolSchedulerProvider() {}

    @Override
    public String name() {
        return "pool";
    }

    /// Makes a loop.
    ///
    /// @throws IllegalArgumentException if a system property is not what it has to be
    @Override
    public EventLoop newLoop(LoopConfig config) {
        String name = NAMES.next(config);
        return new CoreEventLoop(
                name,
                name(),
                Ports.ofSystem(new PlatformCarriers(), LoopNames.threads(name(), name)),
                PoolProperties.read());
    }
}
