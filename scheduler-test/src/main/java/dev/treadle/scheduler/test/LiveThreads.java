package dev.treadle.scheduler.test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The platform threads that a run may have started: those that coroutines start belong to a thread
/// group of the JVM's own, those that the test's thread starts to the group of that.
///
/// @param threads those alive
record LiveThreads(Set<Thread> threads) {
    private static final ThreadGroup OF_COROUTINES =
            Objects.requireNonNull(Thread.ofVirtual().unstarted(() -> {}).getThreadGroup());
    private static final long GRACE_MILLIS = 200;

    static LiveThreads now() {
        Set<Thread> alive = new HashSet<>();
        collect(OF_COROUTINES, alive);
        ThreadGroup own = Thread.currentThread().getThreadGroup();
        if (own != null) {
            collect(own, alive);
        }
        return new LiveThreads(alive);
    }

    private static void collect(ThreadGroup group, Set<Thread> into) {
        Thread[] threads = new Thread[Math.max(16, 2 * group.activeCount())];
        int count = group.enumerate(threads);
        into.addAll(Arrays.asList(threads).subList(0, count));
    }

    /// The threads that were started since and go on living, after a moment in which those that are
    /// about to end may do so.
    static List<Thread> startedSince(LiveThreads before, List<SimulatedThread> simulated) {
        Set<Thread> now = new HashSet<>(now().threads);
        simulated.forEach(thread -> now.add(thread.thread()));
        now.removeAll(before.threads);
        List<Thread> left = new ArrayList<>();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS);
        for (Thread thread : now) {
            if (!endsBy(deadline, thread)) {
                left.add(thread);
            }
        }
        return left;
    }

    private static boolean endsBy(long deadline, Thread thread) {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        try {
            thread.join(Math.max(1, millis));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the test is being ended: look no further
        }
        return !thread.isAlive();
    }
}
