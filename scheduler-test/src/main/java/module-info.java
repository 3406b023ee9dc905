/// A scheduler for tests: virtual time, orders of one's choice, replay.
@SuppressWarnings("module") // JUnit is there when its extension is used
module dev.treadle.scheduler.test {
    requires transitive dev.treadle;
    requires dev.treadle.core;
    requires static com.google.auto.service;
    requires static org.jspecify;
    requires static transitive org.junit.jupiter.api;

    exports dev.treadle.scheduler.test;

    provides dev.treadle.spi.SchedulerProvider with
            dev.treadle.scheduler.test.TestSchedulerProvider;
}
