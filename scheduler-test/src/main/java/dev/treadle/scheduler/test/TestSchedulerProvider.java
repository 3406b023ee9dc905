package dev.treadle.scheduler.test;

import com.google.auto.service.AutoService;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.core.CarrierChoice;
import dev.treadle.core.CoreEventLoop;
import dev.treadle.core.FifoReadyQueue;
import dev.treadle.core.LoopNames;
import dev.treadle.core.Ports;
import dev.treadle.core.ThreadOffload;
import dev.treadle.core.VirtualTime;
import dev.treadle.core.WatchedOffload;
import dev.treadle.spi.SchedulerProvider;

/// Makes loops on virtual time, for tests that are not [TreadleTest]s.
///
/// It stands back while another scheduler is there, unless it is asked for by its name, `test`. A
/// loop of it runs first come, first served; a [TreadleTest] has loops of its own, whatever is
/// asked for.
@AutoService(SchedulerProvider.class)
public final class TestSchedulerProvider implements SchedulerProvider {
    static final String NAME = "test";
    private static final LoopNames NAMES = new LoopNames();

    /// Called by `ServiceLoader`.
    public TestSchedulerProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean standsBack() {
        return true;
    }

    @Override
    public EventLoop newLoop(LoopConfig config) {
        String name = NAMES.next(config);
        String threads = LoopNames.threads(NAME, name);
        VirtualTime clock = new VirtualTime();
        return new CoreEventLoop(
                name,
                NAME,
                new Ports(
                        clock,
                        new FifoReadyQueue(),
                        clock,
                        CarrierChoice.newCarriers(threads),
                        new WatchedOffload(new ThreadOffload(threads + "-offload"), clock)));
    }
}
