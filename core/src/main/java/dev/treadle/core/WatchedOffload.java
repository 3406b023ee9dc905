package dev.treadle.core;

/// Lets a [VirtualTime] know that a thread is busy for the loop and is going to wake it: time
/// stands still meanwhile.
public final class WatchedOffload implements Offload {
    private final Offload real;
    private final VirtualTime clock;
    private final ExpectedEnd end;

    /// Puts a watch on an offload.
    ///
    /// @param real what runs the jobs
    /// @param clock the clock of the loop that the jobs are for
    public WatchedOffload(Offload real, VirtualTime clock) {
        this.real = real;
        this.clock = clock;
        this.end = new ExpectedEnd(clock);
    }

    @Override
    public void submit(Runnable job) {
        VirtualTime.Expectation expectation = clock.expectForeign();
        try {
            real.submit(() -> {
                try {
                    job.run();
                } finally {
                    expectation.close();
                }
            });
        } catch (RuntimeException e) {
            expectation.close();
            throw e;
        }
    }

    @Override
    public int limit() {
        return real.limit();
    }

    @Override
    public void shutdown() {
        try (var _ = clock.expectForeign()) { // a thread of the pool may hold its lock
            real.shutdown();
        }
    }

    @Override
    public boolean awaitTermination(long timeoutNanos) throws InterruptedException {
        if (timeoutNanos != 0) {
            return real.awaitTermination(timeoutNanos);
        }
        try (var _ = clock.expectForeign()) { // as above
            boolean ended = real.awaitTermination(0);
            if (!ended) {
                end.expect();
            }
            return ended;
        }
    }

    @Override
    public void terminationTold() {
        real.terminationTold();
        end.told();
    }
}
