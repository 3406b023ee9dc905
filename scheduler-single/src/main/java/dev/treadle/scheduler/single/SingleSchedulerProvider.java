package dev.treadle.scheduler.single;

import com.google.auto.service.AutoService;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.core.CarrierChoice;
import dev.treadle.core.Clock;
import dev.treadle.core.CoreEventLoop;
import dev.treadle.core.FifoReadyQueue;
import dev.treadle.core.ParkingPoller;
import dev.treadle.core.Ports;
import dev.treadle.core.ThreadOffload;
import dev.treadle.spi.SchedulerProvider;
import java.util.concurrent.atomic.AtomicInteger;

/// Makes loops that run one thing at a time, first in, first out.
@AutoService(SchedulerProvider.class)
public final class SingleSchedulerProvider implements SchedulerProvider {
    private static final AtomicInteger LOOPS = new AtomicInteger();

    /// Called by `ServiceLoader`.
    public SingleSchedulerProvider() {}

    @Override
    public String name() {
        return "single";
    }

    @Override
    public EventLoop newLoop(LoopConfig config) {
        String name = config.name() != null ? config.name() : "loop-" + LOOPS.incrementAndGet();
        String threads = "treadle-single-" + name;
        return new CoreEventLoop(
                name,
                name(),
                new Ports(
                        Clock.system(),
                        new FifoReadyQueue(),
                        new ParkingPoller(),
                        CarrierChoice.newCarriers(threads),
                        new ThreadOffload(threads + "-offload")));
    }
}
