package dev.treadle.core;

/// Ordinary virtual threads of the JDK, of which those that hold a seat run.
final class JdkSeatCarriers implements SeatCarriers {
    @Override
    public String name() {
        return "baton";
    }

    @Override
    public Thread newThread(String name, SeatRunner runner) {
        return Thread.ofVirtual().name(name).unstarted(runner);
    }

    @Override
    public void seated(SeatRunner runner, Seat seat) {
        // The JDK's scheduler has no use for it.
    }

    /// The JDK's scheduler takes no carrier away from a thread that never parks, and other virtual
    /// threads of the process need one too.
    @Override
    @SuppressWarnings("ThreadPriorityCheck") // only that others get on depends on it
    public void breathe(Seat seat) {
        Thread.yield();
    }

    @Override
    public void close() {
        // The JDK's scheduler is not ours to close.
    }
}
