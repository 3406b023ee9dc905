/// The machinery that Treadle's schedulers share; not for applications.
@SuppressWarnings("module") // javac does not see the modules that this is exported to
module dev.treadle.core {
    requires transitive dev.treadle;
    requires org.objectweb.asm.tree.analysis;
    requires static com.google.auto.service;
    requires static org.jspecify;

    exports dev.treadle.core to
            dev.treadle.scheduler.single,
            dev.treadle.scheduler.pool,
            dev.treadle.scheduler.virtual,
            dev.treadle.scheduler.test;

    provides dev.treadle.spi.GeneratorEngine with
            dev.treadle.core.generator.CoreGeneratorEngine;
}
