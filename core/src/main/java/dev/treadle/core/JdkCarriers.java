package dev.treadle.core;

/// Ordinary virtual threads of the JDK: works on a stock JVM.
///
/// As the carriers of a loop that does one thing at a time they are called `baton`: only the holder
/// of the turn runs. A parallel loop has its tasks on them too.
public final class JdkCarriers implements Carriers, TaskThreads {
    private final String name;
    private final int mostRunning;

    /// Makes carriers.
    ///
    /// @param name what `EventLoop.carriers()` is to answer
    public JdkCarriers(String name) {
        this(name, Integer.MAX_VALUE);
    }

    /// Makes carriers of a parallel loop some of whose tasks may have to wait for others.
    ///
    /// @param name what `EventLoop.carriers()` is to answer
    /// @param mostRunning how many tasks may be in a step at once
    public JdkCarriers(String name, int mostRunning) {
        this.name = name;
        this.mostRunning = mostRunning;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int mostRunning() {
        return mostRunning;
    }

    @Override
    public Thread newThread(String threadName, Runnable body) {
        return Thread.ofVirtual().name(threadName).unstarted(body);
    }
}
