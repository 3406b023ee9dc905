package dev.treadle.benchmarks.contestants;

import dev.treadle.LoopConfig;
import dev.treadle.Runner;

/// Schedulers of Treadle, each on one kind of carriers. A scheduler that is added here takes part
/// in all rows.
public enum Variant implements Contestant {
    /// One event-loop thread, which mounts the coroutines itself.
    SINGLE_MOUNTED("single, mounted", "single", "mounted"),
    /// One thing at a time, on a stock JVM.
    SINGLE_BATON("single, baton", "single", "baton"),
    /// A virtual thread for each task, on a stock JVM.
    VIRTUAL("virtual", "virtual", "baton"),
    /// Tasks on as many carriers as there are processors, which mount them.
    POOL("pool", "pool", "mounted");

    private final String label;
    private final String scheduler;
    private final String carriers;

    Variant(String label, String scheduler, String carriers) {
        this.label = label;
        this.scheduler = scheduler;
        this.carriers = carriers;
    }

    /// Makes a runner of this variant. What a JVM has made once it is bound to, so that a JVM is
    /// for one variant.
    ///
    /// @return a new runner
    public Runner newRunner() {
        System.setProperty("treadle.carriers", carriers);
        return new Runner(LoopConfig.defaults().withScheduler(scheduler));
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public Kind kind() {
        return Kind.TREADLE;
    }
}
