package dev.treadle.spi;

import java.lang.System.Logger.Level;
import java.util.ServiceConfigurationError;
import org.jspecify.annotations.Nullable;

/// The [bridges][ContextBridge] that are there, as one.
public final class ContextBridges {
    private static final System.Logger LOG = System.getLogger("dev.treadle");
    private static final ContextBridge[] ALL = load();
    private static final boolean PRESENT = ALL.length > 0;

    private ContextBridges() {}

    private static ContextBridge[] load() {
        try {
            return Providers.find(ContextBridge.class).toArray(new ContextBridge[0]);
        } catch (ServiceConfigurationError e) {
            LOG.log(
                    Level.ERROR,
                    "a context bridge on the class path is broken, and no thread local will follow a task",
                    e);
            return new ContextBridge[0];
        }
    }

    /// {@return whether there is a bridge} Constant: where there is none, the compiler removes what
    /// depends on it.
    public static boolean isPresent() {
        return PRESENT;
    }

    /// {@return what all bridges capture of the calling thread; null if there is none}
    public static @Nullable Object capture() {
        if (!PRESENT) {
            return null;
        }
        Object[] captured = new Object[ALL.length];
        for (int i = 0; i < ALL.length; i++) {
            captured[i] = ALL[i].capture();
        }
        return captured;
    }

    /// Runs an action with thread locals that were captured before.
    ///
    /// @param <T> what the action returns
    /// @param <X> what it throws
    /// @param captured what [#capture] returned; null to run the action as it is
    /// @param action what to run
    /// @return its result
    /// @throws X if the action throws it
    public static <T extends @Nullable Object, X extends Throwable> T call(
            @Nullable Object captured, ScopedValue.CallableOp<? extends T, X> action) throws X {
        return captured instanceof Object[] each ? call(each, 0, action) : action.call();
    }

    private static <T extends @Nullable Object, X extends Throwable> T call(
            Object[] captured, int from, ScopedValue.CallableOp<? extends T, X> action) throws X {
        if (from == captured.length) {
            return action.call();
        }
        try (ContextBridge.Scope _ = ALL[from].restore(captured[from])) {
            return call(captured, from + 1, action);
        }
    }
}
