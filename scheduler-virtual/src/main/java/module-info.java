/// A virtual thread of the JDK for each task.
module dev.treadle.scheduler.virtual {
    requires transitive dev.treadle;
    requires dev.treadle.core;
    requires static com.google.auto.service;
    requires static org.jspecify;

    provides dev.treadle.spi.SchedulerProvider with
            dev.treadle.scheduler.virtual.VirtualSchedulerProvider;
}
