/// Lets thread locals that are registered with Micrometer's context-propagation follow tasks and
/// callbacks: the diagnostic context of logs, the current span.
///
/// An application adds this artifact and has nothing to call.
module dev.treadle.propagation {
    requires context.propagation;
    requires dev.treadle;
    requires static com.google.auto.service;
    requires static org.jspecify;

    provides dev.treadle.spi.ContextBridge with
            dev.treadle.propagation.MicrometerBridge;
}
