package dev.treadle.scheduler.single;

import com.google.auto.service.AutoService;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.core.CarrierChoice;
import dev.treadle.core.CoreEventLoop;
import dev.treadle.core.LoopNames;
import dev.treadle.core.Ports;
import dev.treadle.spi.SchedulerProvider;

/// Makes loops that run one thing at a time, first in, first out.
@AutoService(SchedulerProvider.class)
public final class SingleSchedulerProvider implements SchedulerProvider {
    private static final LoopNames NAMES = new LoopNames();

    /// Called by `ServiceLoader`.
    public SingleSchedulerProvider() {}

    @Override
    public String name() {
        return "single";
    }

    @Override
    public EventLoop newLoop(LoopConfig config) {
        String name = NAMES.next(config);
        String threads = LoopNames.threads(name(), name);
        return new CoreEventLoop(
                name, name(), Ports.ofSystem(CarrierChoice.newCarriers(threads), threads));
    }
}
