/// Contracts, facade and service interfaces of Treadle: all that an application compiles against.
///
/// To run, an application adds a scheduler, for instance `treadle-scheduler-single`.
module dev.treadle {
    requires static org.jspecify;
    requires static jdk.unsupported; // sun.misc.Signal, by reflection

    exports dev.treadle;
    exports dev.treadle.graph;
    exports dev.treadle.spi;
    exports dev.treadle.sync;

    uses dev.treadle.spi.ContextBridge;
    uses dev.treadle.spi.GeneratorEngine;
    uses dev.treadle.spi.LoopObserver;
    uses dev.treadle.spi.SchedulerProvider;
}
