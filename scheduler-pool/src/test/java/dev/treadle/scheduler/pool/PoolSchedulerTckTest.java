package dev.treadle.scheduler.pool;

import dev.treadle.spi.SchedulerProvider;
import dev.treadle.tck.SchedulerTck;

class PoolSchedulerTckTest extends SchedulerTck {
    @Override
    protected SchedulerProvider provider() {
        return new PoolSchedulerProvider();
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
