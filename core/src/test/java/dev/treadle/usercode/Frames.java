package dev.treadle.usercode;

import dev.treadle.Awaitable;

/// Methods to be found in the stack of a task.
public final class Frames {
    private Frames() {}

    /// Suspends here.
    public static void findMe(Awaitable<?> awaitable) {
        awaitable.await();
    }

    /// Fails here.
    public static void failHere() {
        throw new IllegalStateException("here");
    }
}
