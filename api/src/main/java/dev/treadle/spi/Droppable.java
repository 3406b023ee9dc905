package dev.treadle.spi;

/// A callback that is told when it is never going to run.
///
/// A loop that is closed drops what is queued. What only the loop knew of is forgotten with it; but
/// where another thread waits for what a callback was to do, somebody has to tell that thread. A
/// `Runnable` given to [dev.treadle.EventLoop#callSoon(Runnable)] or
/// [dev.treadle.EventLoop#callSoonThreadsafe(Runnable)], or a `Consumer` given to
/// [dev.treadle.Future#addDoneCallback], that implements this is told by the loop.
public interface Droppable {

    /// Called once, instead of the callback, when the loop is closed before the callback could
    /// begin. On the thread that closes the loop, or on one that came too late with it. Must
    /// neither block nor throw.
    void dropped();
}
