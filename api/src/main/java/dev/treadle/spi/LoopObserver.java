package dev.treadle.spi;

import dev.treadle.EventLoop;

/// Told of loops opening and closing.
///
/// Found by `ServiceLoader`. What it throws is logged and changes nothing for the loop. It is not
/// told of loops of a scheduler that [stands back][SchedulerProvider#standsBack] opening: those are
/// a test's, on a time of their own.
public interface LoopObserver {

    /// Tells of a new loop, before [EventLoop#create] returns it. Called on the thread that creates
    /// it.
    ///
    /// @param loop a loop that does not run yet
    void loopOpened(EventLoop loop);

    /// Tells of a loop that has been closed. Called on the thread that closes it.
    ///
    /// @param loop a closed loop, of whose opening it may not have been told
    void loopClosed(EventLoop loop);
}
