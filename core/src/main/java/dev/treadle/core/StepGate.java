package dev.treadle.core;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Keeps the tasks of a parallel loop from beginning a step while the loop does not run, and while
/// as many steps are under way as may be.
///
/// A step that is under way when the run ends goes on to its own end.
///
/// A thread is in line before it looks at what it waits for, and who changes that looks at the line
/// afterwards; so none is forgotten. Each step that ends wakes one, which finds the place, or
/// somebody faster has it and will wake one in turn.
final class StepGate {
    /// So many places that they need not be counted.
    static final int UNLIMITED = Integer.MAX_VALUE;

    private final ConcurrentLinkedQueue<Thread> waiting = new ConcurrentLinkedQueue<>();
    private final boolean limited;
    private final AtomicInteger free; // any thread, CAS: places for steps; unused without a limit
    private volatile boolean open; // written by who runs the loop, read by its tasks
    private volatile boolean shut; // written by who closes the loop, read by its tasks

    /// Makes a gate that is closed.
    ///
    /// @param places how many steps may be under way at once, [#UNLIMITED] for any number
    StepGate(int places) {
        this.limited = places != UNLIMITED;
        this.free = new AtomicInteger(places);
    }

    void open() {
        open = true;
        wakeAll();
    }

    private void wakeAll() {
        for (Thread thread = waiting.poll(); thread != null; thread = waiting.poll()) {
            LockSupport.unpark(thread);
        }
    }

    private void wakeOne() {
        Thread thread = waiting.poll();
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    void close() {
        open = false;
    }

    /// Lets everybody through, to be unwound: the loop is closed.
    void shut() {
        shut = true;
        wakeAll();
    }

    /// Waits until a step may begin, or the task is to be unwound. On the task's own thread.
    void pass(CoreTask<?> task) {
        if (isUnwinding(task) || tryPass()) {
            return;
        }
        boolean interrupted = false;
        boolean through = false;
        Thread own = Thread.currentThread();
        while (!through) {
            waiting.add(own);
            through = isUnwinding(task) || tryPass();
            if (!through) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
                through = isUnwinding(task) || tryPass();
            }
            leaveLine(own);
        }
        if (interrupted) {
            own.interrupt();
        }
    }

    private boolean tryPass() {
        return open && (!limited || tryTakePlace());
    }

    private boolean tryTakePlace() {
        int seen = free.get();
        while (seen > 0) {
            if (free.compareAndSet(seen, seen - 1)) {
                return true;
            }
            seen = free.get();
        }
        return false;
    }

    /// Takes a thread out of the line. If it is out already, it may have been woken for a place
    /// that it does not take, which is the next one's then.
    private void leaveLine(Thread own) {
        if (!waiting.remove(own) && limited && open && free.get() > 0) {
            wakeOne();
        }
    }

    /// Ends a step, which makes room for another.
    void leave() {
        if (limited) {
            free.incrementAndGet();
            wakeOne();
        }
    }

    /// Also one that a step under way has created when the loop was closed already.
    private boolean isUnwinding(CoreTask<?> task) {
        if (shut) {
            task.unwinding = true;
        }
        return task.unwinding;
    }
}
