package dev.treadle.core;

/// Ordinary virtual threads of the JDK, of which only the holder of the turn runs: works on a stock
/// JVM.
final class BatonCarriers implements Carriers {
    @Override
    public String name() {
        return "baton";
    }

    @Override
    public Thread newThread(String name, Runnable body) {
        return Thread.ofVirtual().name(name).unstarted(body);
    }

    @Override
    public void turnTaken(Thread runner) {
        // The JDK's scheduler has no use for it.
    }

    @Override
    public void poll(Poller poller, long timeoutNanos) {
        poller.poll(timeoutNanos);
    }

    @Override
    public void close() {
        // The JDK's scheduler, which carries the threads, is not ours to close.
    }
}
