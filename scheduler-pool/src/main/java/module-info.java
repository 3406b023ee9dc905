/// A few threads of its own for all tasks.
module dev.treadle.scheduler.pool {
    requires transitive dev.treadle;
    requires dev.treadle.core;
    requires static com.google.auto.service;
    requires static org.jspecify;

    provides dev.treadle.spi.SchedulerProvider with
            dev.treadle.scheduler.pool.PoolSchedulerProvider;
}
