package dev.treadle.core;

import dev.treadle.spi.UserFrames;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Watches a loop in debug mode from outside, on a thread of its own, and reports a step that takes
/// too long while it is still running, with its stack.
///
/// While the loop has nothing to do the thread sleeps until it is woken. While the loop runs it
/// looks up once in as long as a step may take.
final class Watchdog implements Runnable {
    /// A step that goes on and on is reported again after so many times as long.
    private static final int AGAIN = 10;

    private final CoreEventLoop loop;
    private final String runs;
    private final Supplier<@Nullable Thread> stepThread;
    private final Thread thread;
    private boolean started; // who runs the steps only
    private long count; // who runs the steps only
    private volatile boolean ending; // written by any thread
    private volatile boolean asleep; // written by the watchdog's thread before it looks at step

    // A number for each step, 0 for none; written by who runs the steps before it looks at asleep.
    private volatile long step;
    private volatile long began; // published by step; System.nanoTime
    private volatile @Nullable ReadyEntry entry; // published by step

    Watchdog(CoreEventLoop loop, String runs, String part, Supplier<@Nullable Thread> stepThread) {
        this.loop = loop;
        this.runs = runs;
        this.stepThread = stepThread;
        this.thread =
                Thread.ofPlatform()
                        .daemon()
                        .name(loop.threadName(part.isEmpty() ? "watchdog" : part + "-watchdog"))
                        .unstarted(this);
    }

    // ---- by who runs the steps

    void stepBegins(ReadyEntry begun) {
        entry = begun;
        began = System.nanoTime();
        step = ++count;
        if (!started) {
            started = true;
            thread.start();
        } else if (asleep) {
            LockSupport.unpark(thread);
        }
    }

    void stepEnds() {
        step = 0;
        entry = null;
    }

    // ---- by any thread

    void end() {
        ending = true;
        LockSupport.unpark(thread);
    }

    // ---- the watchdog's thread

    @Override
    public void run() {
        while (!ending) {
            long seen = step;
            if (seen == 0) {
                sleep();
            } else {
                watch(seen);
            }
        }
    }

    private void sleep() {
        asleep = true;
        if (step == 0 && !ending) {
            LockSupport.park(this);
        }
        asleep = false;
    }

    private void watch(long seen) {
        long due = loop.slowCallbackNanos();
        while (!ending && step == seen) {
            long left = due - (System.nanoTime() - began);
            if (step != seen) {
                return; // what began is the next one
            }
            if (left > 0) {
                LockSupport.parkNanos(this, left);
            } else {
                report(seen);
                due = due > Long.MAX_VALUE / AGAIN ? Long.MAX_VALUE : Math.max(due, 1) * AGAIN;
            }
        }
    }

    private void report(long seen) {
        ReadyEntry running = entry;
        Thread holder = stepThread.get();
        long passed = System.nanoTime() - began;
        if (running == null || holder == null) {
            return;
        }
        String stack =
                UserFrames.ofRunning(holder.getStackTrace()).stream()
                        .map(frame -> "\n\tat " + frame)
                        .collect(Collectors.joining());
        if (step == seen) { // else the stack may be another step's
            loop.warn(
                    running
                            + " has been running for "
                            + SlowSteps.seconds(passed)
                            + " and holds up "
                            + runs
                            + "; it stands here:"
                            + stack);
        }
    }
}
