package dev.treadle.core;

import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;

/// Makes loops for tests, with the carriers of the run: the build runs every test once on each
/// kind, and those that count on no order among tasks on parallel loops too.
public final class TestLoops {
    /// More seats than one may search at a time.
    private static final PoolConfig POOL =
            new PoolConfig(3, Integer.MAX_VALUE, PoolConfig.WhenFull.REFUSE);

    // Guarded by the class.
    private static final Map<Object, VirtualTime> TIMES = new WeakHashMap<>();

    private TestLoops() {}

    /// The name of the carriers of this run.
    static String carriers() {
        return System.getProperty("treadle.test.carriers", "baton");
    }

    /// Whether the loops of this run are parallel, as those of scheduler-virtual and scheduler-pool
    /// are.
    static boolean isParallel() {
        return carriers().equals(SeededCarriers.VIRTUAL) || isPool();
    }

    private static boolean isPool() {
        return carriers().equals(SeededCarriers.POOL);
    }

    /// A loop on a virtual time of its own.
    public static CoreEventLoop virtual() {
        return virtual(new VirtualTime());
    }

    /// A loop on a given virtual time.
    static CoreEventLoop virtual(VirtualTime time) {
        return virtual("test", time);
    }

    /// A loop with a name.
    static CoreEventLoop virtual(String name, VirtualTime time) {
        return virtual(name, time, new HeapTimerQueue());
    }

    /// A loop with timers of the test's own.
    static CoreEventLoop virtual(String name, VirtualTime time, TimerQueue timers) {
        SeededCarriers seeded = isParallel() ? new SeededCarriers(time) : null;
        Ports ports =
                new Ports(
                        time,
                        new FifoReadyQueue(),
                        time,
                        seeded != null ? seeded : CarrierChoice.newCarriers("treadle-test-" + name),
                        new WatchedOffload(
                                new ThreadOffload("treadle-test-" + name + "-offload"), time));
        CoreEventLoop loop =
                new CoreEventLoop(
                        name,
                        "test",
                        ports,
                        timers,
                        seeded != null ? parent -> newTasks(parent, seeded) : null,
                        null);
        synchronized (TestLoops.class) {
            TIMES.put(loop, time);
        }
        return loop;
    }

    private static ParallelTasks newTasks(CoreEventLoop loop, SeededCarriers seeded) {
        return isPool()
                ? new TaskPool(loop, POOL, seeded.ofSeats())
                : new ThreadPerTask(loop, seeded.ofTasks());
    }

    /// The virtual time of a loop that was made here.
    static synchronized VirtualTime timeOf(Object loop) {
        return Objects.requireNonNull(TIMES.get(loop));
    }
}
