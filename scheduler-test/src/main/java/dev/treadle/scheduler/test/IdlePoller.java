package dev.treadle.scheduler.test;

import dev.treadle.Promise;
import dev.treadle.core.Poller;
import dev.treadle.core.VirtualTime;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What happens when nothing is ready: time jumps to the next timer, unless somebody wants to have
/// a say.
///
/// In this order: who waits for the loop to be idle goes on; time moves as far as an `advance` asks
/// for; threads that are blocked outside are waited for, in real time; then time moves by itself.
final class IdlePoller implements Poller {
    /// How long to wait for a thread that is blocked outside, in real time.
    private static final long MOST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final VirtualTime clock;
    private final Limits limits;
    private final SimulatedThreads threads;
    private final Runnable beat;
    private final BooleanSupplier wakesEarly;
    private final Watch watch;
    private final Queue<Promise<@Nullable Void>> idleWaiters = new ArrayDeque<>();
    private volatile @Nullable Thread waiting; // written by the poller, read by any thread
    private volatile boolean woken; // set by any thread, cleared by the poller
    private SimulatedQueue queue; // loop thread only; set before the loop runs
    private boolean paused; // loop thread only
    private @Nullable Promise<@Nullable Void> advancing; // loop thread only
    private long target; // loop thread only: where advancing ends

    /// @param beat called now and then while this waits in real time
    /// @param wakesEarly asked whether the loop is to wake up for no reason
    /// @param watch tells who waits for whom, should nothing ever happen again
    @SuppressWarnings("NullAway.Init") // the queue needs the threads, which need this
    IdlePoller(
            VirtualTime clock,
            Limits limits,
            SimulatedThreads threads,
            Runnable beat,
            BooleanSupplier wakesEarly,
            Watch watch) {
        this.clock = clock;
        this.limits = limits;
        this.threads = threads;
        this.beat = beat;
        this.wakesEarly = wakesEarly;
        this.watch = watch;
    }

    void queue(SimulatedQueue ready) {
        this.queue = ready;
    }

    // ---- what the test asks for, on the loop thread

    /// Completes a promise when nothing is ready.
    void whenIdle(Promise<@Nullable Void> promise) {
        idleWaiters.add(promise);
    }

    /// Completes a promise when so much time has passed, and all that was due meanwhile has run.
    void advance(long nanos, Promise<@Nullable Void> promise) {
        if (advancing != null && !advancing.isDone()) {
            throw new IllegalStateException(
                    "time is being advanced already: await that before you advance it again");
        }
        advancing = promise;
        target = clock.nanoTime() + nanos;
    }

    void pause(boolean stands) {
        paused = stands;
    }

    // ---- the port

    @Override
    public boolean watches() {
        return true; // so that a verdict ends a loop that is never idle
    }

    @Override
    public void poll(long timeoutNanos) {
        limits.check();
        queue.iterationBegins();
        if (timeoutNanos <= 0) {
            return;
        }
        if (advancing != null && advancing.isDone()) {
            advancing = null; // who waited for it was cancelled
        }
        Promise<@Nullable Void> idle = idleWaiters.poll();
        if (idle != null) {
            complete(idle);
        } else if (advancing == null && threads.anyOutside()) {
            awaitThread();
        } else if (queue.size() > 0) {
            return; // one of them has come back since the loop looked
        } else if (wakesEarly.getAsBoolean()) {
            if (timeoutNanos != FOREVER) {
                clock.pass(timeoutNanos / 2);
            }
        } else {
            move(timeoutNanos);
        }
    }

    private void move(long timeoutNanos) {
        Promise<@Nullable Void> advance = advancing;
        if (advance != null) {
            long left = target - clock.nanoTime();
            if (left <= 0) {
                advancing = null;
                complete(advance);
            } else {
                clock.pass(Math.min(left, timeoutNanos));
            }
        } else if (paused && !clock.mayBeWoken()) {
            end(
                    "nothing is ready and time stands still: the test has called pauseTime(), and nobody calls advance()",
                    watch.awaitGraph());
        } else {
            try {
                clock.poll(timeoutNanos);
            } catch (VirtualTime.Deadlock _) { // told better here
                end(
                        "deadlock: nothing is ready, no timer is armed, and the test has not ended",
                        watch.awaitGraphAtTheEnd());
            }
        }
    }

    private void end(String headline, String awaitGraph) {
        StringBuilder text = new StringBuilder(headline);
        threads.blocked().forEach(line -> text.append('\n').append(line));
        limits.end(
                new Verdict(
                        Finding.Kind.DEADLOCK, text.append('\n').append(awaitGraph).toString()));
        limits.check();
    }

    /// Completes a promise outside this poll, during which the loop counts as asleep.
    private void complete(Promise<@Nullable Void> promise) {
        queue.before(() -> promise.tryComplete(null));
    }

    private void awaitThread() {
        long deadline = System.nanoTime() + MOST_WAIT_NANOS;
        waiting = Thread.currentThread();
        try {
            while (!woken && threads.anyOutside()) {
                beat.run();
                long left = deadline - System.nanoTime();
                SimulatedThread outside = threads.outside();
                if (left <= 0 && outside != null) {
                    endBlocked(outside);
                }
                LockSupport.parkNanos(this, Math.min(left, 10_000_000));
            }
            woken = false;
        } finally {
            waiting = null;
        }
    }

    private void endBlocked(SimulatedThread outside) {
        StringBuilder text =
                new StringBuilder("nothing is ready, and thread ")
                        .append(outside.line)
                        .append(" is blocked outside Treadle:");
        for (StackTraceElement frame : outside.thread().getStackTrace()) {
            text.append("\n    at ").append(frame);
        }
        limits.end(
                new Verdict(
                        Finding.Kind.BLOCKED,
                        text.append('\n').append(watch.awaitGraph()).toString()));
        limits.check();
    }

    @Override
    public void wakeup() {
        threadReturned();
        clock.wakeup();
    }

    /// Ends the wait for threads that are blocked outside. Called from any thread. Who waits for
    /// somebody who was announced goes on doing so.
    void threadReturned() {
        woken = true;
        LockSupport.unpark(waiting);
    }
}
