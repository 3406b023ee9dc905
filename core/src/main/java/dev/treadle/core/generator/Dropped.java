package dev.treadle.core.generator;

import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;

/// Closes the bodies of generators that nobody references any more.
final class Dropped {
    private static final Cleaner CLEANER =
            Cleaner.create(Thread.ofVirtual().name("treadle-generators").factory());
    private static final System.Logger LOG = System.getLogger("dev.treadle");

    private Dropped() {}

    /// Has a body closed after its generator was collected, if it stands at a `yield` then.
    ///
    /// @return what is to be cleaned when the body has ended, so that the collector need not see to
    ///   it
    static Cleaner.Cleanable watch(Object generator, Activation activation) {
        return CLEANER.register(generator, () -> close(activation));
    }

    private static void close(Activation activation) {
        if (activation.state() != dev.treadle.Generator.State.SUSPENDED) {
            return;
        }
        // On a thread of its own, because the body's clean-up may take its time.
        Thread.ofVirtual()
                .name("treadle-generator-close")
                .start(() -> {
                    try {
                        activation.claimDropped();
                        activation.finish(null, null);
                        LOG.log(Level.TRACE, "a generator that was dropped has been closed");
                    } catch (Throwable e) {
                        LOG.log(
                                Level.WARNING,
                                "exception ignored while a generator that was dropped was closed",
                                e);
                    }
                });
    }
}
