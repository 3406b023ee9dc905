package dev.treadle.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Lets any thread read several fields of one writer as they were together, without stopping it:
/// who reads looks whether they have changed meanwhile, and reads again.
final class Version {
    private static final int MOST_ATTEMPTS = 1000;
    private static final int SPINS = 100; // a change takes some nanoseconds

    private static final VarHandle NUMBER;

    static {
        try {
            NUMBER = MethodHandles.lookup().findVarHandle(Version.class, "number", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long number; // written by the writer of what it guards, read by any; odd while changing

    void changing() {
        NUMBER.setOpaque(this, number + 1);
        VarHandle.storeStoreFence(); // before the change, so that who sees any of it sees this too
    }

    void changed() {
        NUMBER.setRelease(this, number + 1);
    }

    /// What is to be shown to [#isCurrent] when the fields have been read.
    long now() {
        return (long) NUMBER.getAcquire(this);
    }

    /// Whether all that was read since [#now()] belongs together.
    boolean isCurrent(long seen) {
        VarHandle.loadLoadFence(); // after the fields
        return (seen & 1) == 0 && (long) NUMBER.getOpaque(this) == seen;
    }

    /// Waits a moment for the end of a change that [#isCurrent] has met. A writer that was stopped
    /// in the middle of one is given the processor; who has waited often enough is to do without.
    ///
    /// @param attempt how often the fields were read since
    /// @return whether to read them again
    @SuppressWarnings("ThreadPriorityCheck") // a hint is all that is needed
    static boolean awaitChange(int attempt) {
        if (attempt < SPINS) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
        return attempt < MOST_ATTEMPTS;
    }
}
