package dev.treadle.scheduler.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// The platform threads that a run may have started: those that coroutines start belong to a thread
/// group of the JVM's own, those that the test's thread starts to the group of that.
///
/// @param threads those alive
record LiveThreads(Set<Thread> threads) {
    private static final ThreadGroup OF_COROUTINES =
            Objects.requireNonNull(Thread.ofVirtual().unstarted(() -> {}).getThreadGroup());
    private static final Duration LOOK = Duration.ofMillis(5);
    private static final Duration GRACE = Duration.ofMillis(200);
    private static final Duration GRACE_OF_RUNNING = Duration.ofSeconds(5);

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
    /// about to end may do so. One that waits for nothing may only lack a processor to do so: it
    /// has more time.
    static List<Thread> startedSince(LiveThreads before, List<SimulatedThread> simulated) {
        Set<Thread> now = new HashSet<>(now().threads);
        simulated.forEach(thread -> now.add(thread.thread()));
        now.removeAll(before.threads);
        List<Thread> left = new ArrayList<>();
        long began = System.nanoTime();
        for (Thread thread : now) {
            if (!endsInTime(thread, began)) {
                left.add(thread);
            }
        }
        return left;
    }

    private static boolean endsInTime(Thread thread, long began) {
        try {
            while (!thread.join(LOOK)) {
                Duration grace =
                        switch (thread.getState()) {
                            case WAITING, TIMED_WAITING -> GRACE;
                            default -> GRACE_OF_RUNNING;
                        };
                if (System.nanoTime() - began > grace.toNanos()) {
                    return !thread.isAlive();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the test is being ended: look no further
        }
        return !thread.isAlive();
    }
}
