package dev.treadle.core;

/// What the runners of a [TaskPool] are carried by.
interface SeatCarriers {

    /// `mounted` or `baton`.
    String name();

    /// Makes the unstarted virtual thread of a runner.
    Thread newThread(String name, SeatRunner runner);

    /// Tells that a runner has taken a seat. Called on that runner's thread.
    void seated(SeatRunner runner, Seat seat);

    /// Lets others have the carrier for a moment. Called now and then by the holder of a seat.
    void breathe(Seat seat);

    /// Parks the holder of a seat that has nothing to do for a short time; may return early.
    default void nap(SeatRunner holder, long nanos) {
        holder.park(nanos);
    }

    /// Ends what carries the threads, when all of them have ended.
    void close();
}
