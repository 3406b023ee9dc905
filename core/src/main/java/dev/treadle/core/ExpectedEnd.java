package dev.treadle.core;

import java.util.ArrayDeque;

/// Lets a [VirtualTime] know of those who wait, on threads of their own, for the end of a loop's
/// blocking work: they are going to wake the loop.
///
/// All methods may be called from any thread.
public final class ExpectedEnd {
    private final VirtualTime clock;
    private final Object lock = new Object();
    private final ArrayDeque<VirtualTime.Expectation> waiting =
            new ArrayDeque<>(); // guarded by lock

    /// Makes one that expects nobody.
    ///
    /// @param clock the clock of the loop
    public ExpectedEnd(VirtualTime clock) {
        this.clock = clock;
    }

    /// Takes note that somebody has looked without waiting, in vain, and goes on to wait elsewhere:
    /// see [Offload#awaitTermination].
    public void expect() {
        synchronized (lock) {
            waiting.add(clock.expectForeign());
        }
    }

    /// Takes note that one of them has told the loop: see [Offload#terminationTold].
    public void told() {
        synchronized (lock) {
            VirtualTime.Expectation first = waiting.poll();
            if (first != null) {
                first.close();
            }
        }
    }
}
