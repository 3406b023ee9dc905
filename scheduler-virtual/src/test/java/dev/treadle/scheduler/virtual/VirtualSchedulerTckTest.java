package dev.treadle.scheduler.virtual;

import dev.treadle.spi.SchedulerProvider;
import dev.treadle.tck.SchedulerTck;

class VirtualSchedulerTckTest extends SchedulerTck {
    @Override
    protected SchedulerProvider provider() {
        return new VirtualSchedulerProvider();
    }

    @Override
    protected boolean confined() {
        return false;
    }

    @Override
    protected int parallelism() {
        return Runtime.getRuntime().availableProcessors();
    }
}
