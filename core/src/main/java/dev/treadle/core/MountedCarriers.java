package dev.treadle.core;

/// Virtual threads that the loop's own platform thread mounts, one after the other: passing the
/// turn never leaves that thread.
final class MountedCarriers implements Carriers {
    private final LoopThread loopThread;
    private final Thread.Builder.OfVirtual builder; // used by the holder of the turn

    MountedCarriers(String threadName, VirtualThreads virtualThreads) {
        this.loopThread = new LoopThread(threadName);
        this.builder = virtualThreads.builder(loopThread);
    }

    @Override
    public String name() {
        return "mounted";
    }

    @Override
    public Thread newThread(String name, Runnable body) {
        loopThread.ensureStarted();
        return builder.name(name).unstarted(body);
    }

    @Override
    public void turnTaken(Thread runner) {
        loopThread.holder(runner);
    }

    @Override
    public void poll(Poller poller, long timeoutNanos) {
        loopThread.poll(poller, timeoutNanos);
    }

    @Override
    public void close() {
        loopThread.end();
    }
}
