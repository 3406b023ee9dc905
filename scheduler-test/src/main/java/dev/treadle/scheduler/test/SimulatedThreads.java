package dev.treadle.scheduler.test;

import dev.treadle.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The threads of a run besides its loop: the offload pools, and those that the test starts.
final class SimulatedThreads {
    private final ThreadGroup group; // not of who starts one, which may be any loop of the JVM
    private final Runnable wakeLoop;
    private final Consumer<Thread> begins;
    private final List<SimulatedThread> all = new CopyOnWriteArrayList<>(); // any thread
    private final Map<Thread, SimulatedThread> byThread = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<SimulatedThread> returning = new ConcurrentLinkedQueue<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    private boolean anyWasOutside; // loop thread only

    /// @param group of the threads
    /// @param wakeLoop ends the idle loop's wait
    /// @param begins told of each new thread
    SimulatedThreads(ThreadGroup group, Runnable wakeLoop, Consumer<Thread> begins) {
        this.group = group;
        this.wakeLoop = wakeLoop;
        this.begins = begins;
    }

    // ---- starting

    /// Makes a thread that competes with the tasks for the next step.
    void start(String name, Runnable action) {
        SimulatedThread thread = new SimulatedThread(group, name, action, this);
        all.add(thread);
        byThread.put(thread.thread(), thread);
        begins.accept(thread.thread());
        returning.add(thread);
        if (byThread.containsKey(Thread.currentThread())) {
            wakeLoop.run();
        }
    }

    // ---- what the threads call

    void returned(SimulatedThread thread) {
        returning.add(thread);
    }

    void ended(SimulatedThread thread) {
        all.remove(thread);
        byThread.remove(thread.thread());
        Watch.release(thread.thread());
    }

    void failed(SimulatedThread thread, Throwable failure) {
        failures.add(
                new IllegalStateException(
                        "thread " + thread.line + " of the test failed: " + failure, failure));
    }

    void wakeLoop() {
        wakeLoop.run();
    }

    /// Called on a thread that has queued something for the loop: if it is one of these, the loop
    /// may go first.
    void submitted() {
        SimulatedThread thread = byThread.get(Thread.currentThread());
        if (thread != null) {
            thread.pause();
        }
    }

    /// Called on a thread that is about to block until a future is done: if it is one of these, the
    /// others go on until then.
    void blocking(Future<?> future) {
        SimulatedThread thread = byThread.get(Thread.currentThread());
        if (thread != null) {
            thread.awaitDone(future);
        }
    }

    /// Takes note that one is blocked in something that nobody here knows of.
    void wentOutside() {
        anyWasOutside = true;
    }

    // ---- what the loop calls

    /// How many may go on, those included whose future has become done.
    int returning() {
        for (SimulatedThread thread : all) {
            if (thread.endsWaiting()) {
                returning.add(thread);
            }
        }
        return returning.size();
    }

    /// Moves those that may go on to the ready queue.
    void drainTo(List<Object> ready) {
        for (SimulatedThread thread = returning.poll(); thread != null; thread = returning.poll()) {
            ready.add(thread);
        }
    }

    /// Lets those that are blocked outside get as far as they can.
    void settle() {
        if (!all.isEmpty()) {
            all.forEach(thread -> {
                if (thread.isOutside()) {
                    thread.settle();
                }
            });
        }
    }

    boolean anyOutside() {
        return all.stream().anyMatch(SimulatedThread::isOutside);
    }

    /// The thread that runs while the loop waits for it, for who looks from outside.
    @Nullable Thread running() {
        return all.stream()
                .filter(SimulatedThread::isRunning)
                .map(SimulatedThread::thread)
                .findFirst()
                .orElse(null);
    }

    /// Whether all that the threads did was decided here.
    boolean wereDecided() {
        return !anyWasOutside;
    }

    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    /// Ends the simulation of those that are left.
    ///
    /// @return those that live on
    List<SimulatedThread> free() {
        List<SimulatedThread> left = new ArrayList<>(all);
        left.forEach(SimulatedThread::free);
        left.removeIf(thread -> !thread.isStarted());
        return left;
    }

    /// A thread that is blocked outside.
    @Nullable SimulatedThread outside() {
        return all.stream().filter(SimulatedThread::isOutside).findFirst().orElse(null);
    }

    /// Those that are blocked until a future is done, in words.
    List<String> blocked() {
        return all.stream().map(SimulatedThread::blockedOn).filter(Objects::nonNull).toList();
    }
}
