package dev.treadle.spi;

/// Told how long things take inside a loop, and how many are ready: what
/// [LoopStatistics][dev.treadle.LoopStatistics] can't count without a clock.
///
/// Attached by [EventLoop#addListener][dev.treadle.EventLoop#addListener]. A loop reads clocks for
/// listeners alone, and only now and then: of steps and timers one in [#SAMPLING] is measured, by
/// the loop's own clock. Where steps follow each other so fast that this would take a part of the
/// time that counts, fewer are, each of which stands for more. While a listener is attached,
/// [busy][dev.treadle.LoopStatistics.Worker#busy] and
/// [idle][dev.treadle.LoopStatistics.Worker#idle] are measured too, whole.
///
/// The methods are called between the steps of a loop, by the thread that runs it unless they say
/// otherwise, with nothing held; on a loop that runs steps on several threads also at the same
/// time. They must return at once: they neither block nor suspend nor call the loop, and, since
/// they are called often, had better not allocate. A listener that throws is logged and removed,
/// and changes nothing for the loop.
public interface LoopListener {

    /// One in so many timers is measured, and one in so many steps, or in more.
    int SAMPLING = 64;

    /// Tells that a worker begins a pass over what is ready.
    ///
    /// A loop may leave out passes, at most [#SAMPLING] in a row, that find no more ready in either
    /// way than one that was told of since.
    ///
    /// @param worker the worker's number
    /// @param local how many callbacks and steps were ready in its own queue, timers that are due
    ///   among them
    /// @param injected how many more others had queued since it looked last
    default void iterationBegins(int worker, int local, int injected) {}

    /// Tells that a step of a task begins that was chosen to be measured.
    ///
    /// @param worker the worker's number
    /// @param queuedNanos how long it was ready: since the task was spawned, or since what it
    ///   awaits was done
    /// @param standsFor how many steps it stands for: those since the last that was chosen
    default void stepBegins(int worker, long queuedNanos, int standsFor) {}

    /// Tells that a step of a task has ended that was chosen to be measured: the task has suspended
    /// or ended.
    ///
    /// @param worker the worker's number
    /// @param tookNanos how long it took
    /// @param standsFor how many steps it stands for: those since the last that was chosen
    default void stepEnded(int worker, long tookNanos, int standsFor) {}

    /// Tells that a timer fires that was chosen to be measured.
    ///
    /// @param worker the worker's number
    /// @param lateNanos how long ago it was due
    default void timerFires(int worker, long lateNanos) {}

    /// Tells that blocking work has ended on the loop's own pool; of every one. Called on the
    /// thread that did it.
    ///
    /// @param tookNanos how long it took, once a thread had taken it
    default void offloadEnded(long tookNanos) {}
}
