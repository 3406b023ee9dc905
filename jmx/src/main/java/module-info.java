/// Loops as MBeans, to be asked from outside the process: which tasks they have, who awaits whom,
/// and where they stand, also while they are stuck.
///
/// An application adds this artifact and has nothing to call.
module dev.treadle.jmx {
    requires dev.treadle;
    requires java.management;
    requires static com.google.auto.service;
    requires static jdk.attach; // the command; a process that is asked does not need it
    requires static org.jspecify;

    exports dev.treadle.jmx;

    provides dev.treadle.spi.LoopObserver with
            dev.treadle.jmx.LoopMBeans;
}
