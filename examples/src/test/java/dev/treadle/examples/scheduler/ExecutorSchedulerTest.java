package dev.treadle.examples.scheduler;

import dev.treadle.spi.SchedulerProvider;
import dev.treadle.tck.SchedulerTck;

class ExecutorSchedulerTest extends SchedulerTck {
    @Override
    protected SchedulerProvider provider() {
        return new ExecutorSchedulerProvider();
    }
}
