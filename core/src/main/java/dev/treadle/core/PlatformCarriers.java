package dev.treadle.core;

/// Platform threads, for a loop whose runners have no task to suspend: one of them is enough, and
/// no task keeps it from running.
public final class PlatformCarriers implements Carriers {

    /// Makes carriers of one loop.
    public PlatformCarriers() {}

    @Override
    public String name() {
        return "platform";
    }

    @Override
    public Thread newThread(String name, Runnable body) {
        return Thread.ofPlatform().daemon().name(name).unstarted(body);
    }
}
