package dev.treadle.scheduler.single;

import dev.treadle.spi.SchedulerProvider;
import dev.treadle.tck.SchedulerTck;

class SingleSchedulerTckTest extends SchedulerTck {
    @Override
    protected SchedulerProvider provider() {
        return new SingleSchedulerProvider();
    }
}
