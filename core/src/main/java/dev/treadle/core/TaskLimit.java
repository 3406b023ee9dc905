package dev.treadle.core;

import dev.treadle.Coroutine;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.spi.Execution;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;

/// How many tasks of a loop may be unfinished, and what becomes of one too many.
///
/// Who waits for room is served first come, first served: a place that is given back goes to the
/// one who has waited longest, and nobody who comes later is faster.
final class TaskLimit {
    private final CoreEventLoop loop;
    private final int most;
    private final PoolConfig.WhenFull whenFull;
    private final Object lock = new Object();
    private final ArrayDeque<Promise<Boolean>> waiting = new ArrayDeque<>(); // guarded by lock
    private int unfinished; // guarded by lock: places taken

    TaskLimit(CoreEventLoop loop, PoolConfig config) {
        this.loop = loop;
        this.most = config.mostTasks();
        this.whenFull = config.whenFull();
    }

    private boolean isUnlimited() {
        return most == Integer.MAX_VALUE;
    }

    /// Takes a place for a task, which [#ended()] gives back.
    ///
    /// @throws RejectedExecutionException if there is none; the coroutine is closed then
    void admit(Coroutine<?> coroutine) {
        if (isUnlimited()) {
            return;
        }
        Task<?> creator = whenFull == PoolConfig.WhenFull.WAIT ? Execution.current().task() : null;
        Promise<Boolean> place;
        synchronized (lock) {
            if (unfinished < most) {
                unfinished++;
                return;
            }
            if (creator == null || creator.loop() != loop) {
                place = null;
            } else {
                place = loop.createPromise();
                waiting.add(place);
            }
        }
        if (place == null) {
            loop.counters.full.increment();
            coroutine.close(); // so that nobody waits for it to run
            throw new RejectedExecutionException(describe());
        }
        awaitPlace(place, coroutine);
    }

    private void awaitPlace(Promise<Boolean> place, Coroutine<?> coroutine) {
        try {
            place.await();
        } catch (Throwable e) {
            coroutine.close();
            leave(place);
            throw e;
        }
    }

    /// Gives up waiting; a place that has come all the same goes to the next.
    private void leave(Promise<Boolean> place) {
        boolean came;
        synchronized (lock) {
            came = !waiting.remove(place);
        }
        if (came && !place.isCancelled()) {
            ended();
        }
    }

    /// Gives a place back.
    void ended() {
        if (isUnlimited()) {
            return;
        }
        while (true) {
            Promise<Boolean> next;
            synchronized (lock) {
                next = waiting.poll();
                if (next == null) {
                    unfinished--;
                    return;
                }
            }
            if (next.tryComplete(true)) { // else its task was cancelled while it waited
                return;
            }
        }
    }

    private String describe() {
        return "event loop "
                + loop.name()
                + " has "
                + most
                + " unfinished tasks, which is its limit: await some of them first, or raise"
                + " -Dtreadle.pool.limit"
                + (whenFull == PoolConfig.WhenFull.WAIT
                        ? " (only a task can wait for room; a callback or another thread cannot)"
                        : ", or have tasks wait for room with -Dtreadle.pool.full=wait");
    }
}
