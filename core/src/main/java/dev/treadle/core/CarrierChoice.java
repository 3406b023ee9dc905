package dev.treadle.core;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/// Chooses the carriers of loops: mounted where `java.lang` is open to us, else baton.
///
/// Probed once, and logged once at level `DEBUG`, to the `System.Logger` named `dev.treadle`. The
/// system property `treadle.carriers` (`mounted` or `baton`) overrules the probe.
public final class CarrierChoice {
    private static final String PROPERTY = "treadle.carriers";
    private static final System.Logger LOG = System.getLogger("dev.treadle");

    private CarrierChoice() {}

    /// What this JVM offers, found out and logged once.
    private static final class Probe {
        static final @Nullable VirtualThreads MOUNTABLE = VirtualThreads.find();

        static {
            if (MOUNTABLE != null) {
                LOG.log(Level.DEBUG, "coroutines can be mounted by their loop''s own thread");
            } else {
                LOG.log(
                        Level.DEBUG,
                        "coroutines pass a baton between the JDK''s virtual threads; the JVM option {0}"
                                + " makes switches cheaper",
                        flag());
            }
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
    /// @throws IllegalStateException if the system property asks for what is not there
    public static Carriers newCarriers(String threadName) {
        return choose(System.getProperty(PROPERTY), Probe.MOUNTABLE, threadName);
    }

    static Carriers choose(
            @Nullable String wanted, @Nullable VirtualThreads mountable, String threadName) {
        VirtualThreads mounting = mounting(wanted, mountable);
        return mounting == null
                ? new JdkCarriers("baton")
                : new MountedCarriers(threadName, mounting);
    }

    /// Makes the carriers of the seats of one pool.
    ///
    /// @param threadNames what the names of its platform threads begin with, if it gets any
    /// @throws IllegalStateException if the system property asks for what is not there
    static SeatCarriers newSeatCarriers(String threadNames, int seats) {
        VirtualThreads mounting = mounting(System.getProperty(PROPERTY), Probe.MOUNTABLE);
        return mounting == null
                ? new JdkSeatCarriers()
                : new MountedSeatCarriers(threadNames, seats, mounting);
    }

    /// What to mount with; null for baton.
    private static @Nullable VirtualThreads mounting(
            @Nullable String wanted, @Nullable VirtualThreads mountable) {
        return switch (wanted) {
            case "baton" -> null;
            case "mounted" -> {
                if (mountable == null) {
                    throw new IllegalStateException(
                            "-D" + PROPERTY + "=mounted needs the JVM option " + flag());
                }
                yield mountable;
            }
            case null -> mountable;
            default ->
                    throw new IllegalStateException(
                            "-D" + PROPERTY + "=" + wanted + ": must be mounted or baton");
        };
    }
}
