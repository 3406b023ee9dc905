/// One event-loop thread: asyncio's own model.
module dev.treadle.scheduler.single {
    requires transitive dev.treadle;
    requires dev.treadle.core;
    requires static com.google.auto.service;
    requires static org.jspecify;

    provides dev.treadle.spi.SchedulerProvider with
            dev.treadle.scheduler.single.SingleSchedulerProvider;
}
