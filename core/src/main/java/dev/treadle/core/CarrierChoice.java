package dev.treadle.core;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/// Chooses the carriers of loops: mounted where `java.lang` is open to us, else baton.
///
/// Probed once, and logged once, to the `System.Logger` named `dev.treadle`. The system property
/// `treadle.carriers` (`mounted` or `baton`) overrules the probe.
public final class CarrierChoice {
    private static final String PROPERTY = "treadle.carriers";
    private static final System.Logger LOG = System.getLogger("dev.treadle");

    private CarrierChoice() {}

    private static final class Probe {
        static final @Nullable VirtualThreads MOUNTABLE = probe();

        private static @Nullable VirtualThreads probe() {
            String wanted = System.getProperty(PROPERTY);
            if (wanted != null && !wanted.equals("mounted") && !wanted.equals("baton")) {
                throw new IllegalStateException(
                        "-D" + PROPERTY + "=" + wanted + ": must be mounted or baton");
            }
            VirtualThreads found = "baton".equals(wanted) ? null : VirtualThreads.find();
            if (found == null && "mounted".equals(wanted)) {
                throw new IllegalStateException(
                        "-D" + PROPERTY + "=mounted needs the JVM option " + flag());
            }
            if (found != null) {
                LOG.log(Level.DEBUG, "coroutines are mounted by their loop''s own thread");
            } else {
                LOG.log(
                        Level.INFO,
                        wanted == null
                                ? "coroutines pass a baton between the JDK''s virtual threads; the JVM option {0} makes switches cheaper"
                                : "coroutines pass a baton between the JDK''s virtual threads, as -D"
                                        + PROPERTY
                                        + " asks",
                        flag());
            }
            return found;
        }
    }

    /// The JVM option that opens `java.lang` to this module.
    private static String flag() {
        Module self = CarrierChoice.class.getModule();
        return "--add-opens java.base/java.lang="
                + (self.isNamed() ? self.getName() : "ALL-UNNAMED");
    }

    /// Makes the carriers of one loop.
    ///
    /// @param threadName the name of the loop's platform thread, if it gets one
    /// @return new carriers
    public static Carriers newCarriers(String threadName) {
        VirtualThreads mountable = Probe.MOUNTABLE;
        return mountable == null ? new BatonCarriers() : new MountedCarriers(threadName, mountable);
    }
}
