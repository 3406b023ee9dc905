/// Loops on Micrometer: how late, how busy and how full they are, and which one is stuck.
///
/// An application adds this artifact, and the meters of its loops are in
/// [Metrics.globalRegistry][io.micrometer.core.instrument.Metrics#globalRegistry]; it calls
/// [TreadleMetrics][dev.treadle.metrics.TreadleMetrics] to have them elsewhere.
module dev.treadle.metrics {
    requires transitive dev.treadle;
    requires transitive micrometer.core;
    requires static com.google.auto.service;
    requires static jdk.jfr; // the events; an image without it has none
    requires static org.jspecify;

    exports dev.treadle.metrics;

    provides dev.treadle.spi.LoopObserver with
            dev.treadle.metrics.GlobalMetrics;
}
