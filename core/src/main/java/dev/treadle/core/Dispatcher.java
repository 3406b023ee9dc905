package dev.treadle.core;

import dev.treadle.Context;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Decides what runs next and on which runner.
///
/// **The turn.** All state here belongs to whoever holds the turn: one runner while the loop runs,
/// the thread that calls `run…` or `close` while it does not. It is passed by [Runner#grant], which
/// makes everything before it visible to the next holder.
///
/// **What a holder does.** It takes entries and runs them on its own stack. The step of a task that
/// is suspended belongs to the runner with that task's stack, so it passes the turn there and
/// becomes idle. A task that suspends looks at the next entry itself, without giving up the turn:
/// its own resumption costs nothing, another task's gets the turn straight from it, and only for a
/// fresh entry is an idle runner woken, because user code must not run on top of another task's
/// stack.
///
/// **An iteration** is the `todo` entries that were ready when it began. It lives here and not on a
/// stack, so that it goes on undisturbed while the turn changes hands.
final class Dispatcher {
    /// Idle runners beyond this number end: enough to absorb a burst, few enough to forget.
    private static final int MOST_IDLE = 256;

    final CoreEventLoop loop;
    private final Clock clock;
    private final ReadyQueue ready;
    private final TimerQueue timers;
    private final Poller poller;
    private final Carriers carriers;
    private final Inbox inbox;
    private final ArrayDeque<Runner> idle = new ArrayDeque<>();

    private @Nullable Run run; // the run under way
    private int todo; // entries left of this iteration
    private boolean iterated; // whether this run has begun an iteration
    private int threads; // how many runners were ever made, for their names
    private @Nullable CoreTask<?> task; // whose step runs
    private @Nullable Context callbackContext; // what the running callback sees
    private @Nullable Runner runner; // who holds the turn, written together with holder
    private @Nullable Thread holder; // its thread; another that reads it only asks "is it me?"
    private volatile boolean stopping; // set by any thread, read by the holder

    Dispatcher(CoreEventLoop loop, Ports ports, TimerQueue timers) {
        this.loop = loop;
        this.clock = ports.clock();
        this.ready = ports.ready();
        this.poller = ports.poller();
        this.carriers = ports.carriers();
        this.timers = timers;
        this.inbox = new Inbox(poller);
    }

    // ---- what callers outside see

    /// Whether the calling thread holds the turn.
    boolean isHolder() {
        return holder == Thread.currentThread();
    }

    /// The runner of the calling thread if that holds the turn, else null: spares a look at the
    /// scoped value.
    @Nullable Runner holder() {
        return isHolder() ? runner : null;
    }

    @Nullable CoreTask<?> currentTask() {
        return task;
    }

    /// What the running code sees: the context of its task, else that of the callback.
    @Nullable Context currentContext() {
        CoreTask<?> current = task;
        return current != null ? current.liveContext : callbackContext;
    }

    TimerQueue timers() {
        return timers;
    }

    /// Queues an entry; `held` says that the caller acts with the turn.
    void add(ReadyEntry entry, boolean held) {
        if (held) {
            inbox.drainTo(ready); // what other threads queued before goes before
            ready.add(entry);
        } else {
            inbox.push(entry);
        }
    }

    /// Has the run end with the current iteration, or the next run after one.
    void stop(boolean held) {
        stopping = true;
        if (!held) {
            inbox.push(new Nudge());
        }
    }

    /// Runs the loop on behalf of the calling thread, until it stops or fails.
    ///
    /// @param onInterrupt called on this thread when it is interrupted meanwhile
    void run(Runnable onInterrupt) throws Throwable {
        Run current = new Run();
        run = current;
        iterated = false;
        todo = 0;
        idleRunner().grant(null);
        current.await(onInterrupt);
        stopping = false;
        if (current.failure != null) {
            throw current.failure;
        }
    }

    /// Lets a suspended task run until it ends, on behalf of the thread that closes the loop.
    void unwind(TaskStep step, Runner suspendedOn) {
        Run current = new Run();
        run = current;
        iterated = true;
        todo = 0;
        stopping = true;
        suspendedOn.grant(step);
        current.await(() -> {});
    }

    /// Ends all runners, which are idle, and forgets what is queued. By the thread that closes the
    /// loop.
    void close() {
        for (Runner runner = idle.poll(); runner != null; runner = idle.poll()) {
            runner.end();
            Thread thread = runner.thread();
            if (thread != null) {
                Joining.uninterruptibly(thread);
            }
        }
        carriers.close();
        timers.clear();
        inbox.drainTo(ready);
        while (ready.poll() != null) {
            todo = 0;
        }
    }

    // ---- what the holder of the turn does

    /// Takes the next entry, beginning iterations and waiting as needed; null when the run is over.
    @Nullable ReadyEntry next() {
        while (true) {
            while (todo > 0) {
                todo--;
                ReadyEntry entry = ready.poll();
                if (entry != null && !entry.isObsolete()) {
                    return entry;
                }
            }
            if (isOver()) {
                return null;
            }
            try {
                beginIteration();
            } catch (Throwable e) {
                fail(e);
            }
        }
    }

    private boolean isOver() {
        Run current = run;
        return current == null || current.failure != null || (stopping && iterated);
    }

    private void beginIteration() {
        iterated = true;
        inbox.drainTo(ready);
        long deadline = timers.nextDeadline();
        long timeout = ready.size() > 0 || stopping ? 0 : timeUntil(deadline);
        if (timeout > 0) {
            sleep(timeout);
        } else if (poller.watches()) {
            carriers.poll(poller, 0);
        }
        inbox.drainTo(ready);
        if (deadline != TimerQueue.NEVER) {
            timers.moveDue(clock.nanoTime(), ready);
        }
        todo = ready.size();
    }

    private void sleep(long timeout) {
        if (!inbox.fallAsleep()) {
            return; // something has come in meanwhile
        }
        try {
            carriers.poll(poller, timeout);
        } finally {
            inbox.wakeUp();
        }
    }

    private long timeUntil(long deadline) {
        if (deadline == TimerQueue.NEVER) {
            return Poller.FOREVER;
        }
        long now = clock.nanoTime();
        if (deadline <= now) {
            return 0;
        }
        long left = deadline - now;
        return left < 0
                ? Long.MAX_VALUE - 1
                : left; // a deadline so far away that the difference overflows
    }

    /// Runs an entry that needs no stack of its own; what it throws ends the run.
    void execute(ReadyEntry entry) {
        try {
            entry.run();
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void fail(Throwable failure) {
        todo = 0; // what is left of the iteration waits for the next run
        Run current = run;
        if (current != null) {
            current.failure = failure;
        }
    }

    /// Called by a runner that has received the turn, on its thread.
    void taken(Runner taker, Thread thread) {
        runner = taker;
        holder = thread;
        carriers.turnTaken(thread);
    }

    /// Gives the turn up for an entry that is suspended elsewhere, or because the run is over
    /// (null).
    ///
    /// @return false if the runner is to end, because enough others are idle
    boolean retire(Runner me, @Nullable ReadyEntry entry) {
        boolean stay = idle.size() < MOST_IDLE;
        if (stay) {
            idle.push(me); // before the turn is gone, because it is then somebody else's
        }
        pass(entry);
        return stay;
    }

    private void pass(@Nullable ReadyEntry entry) {
        if (entry == null) {
            endRun();
            return;
        }
        Runner suspended = entry.suspendedOn();
        (suspended != null ? suspended : idleRunner()).grant(entry);
    }

    private void endRun() {
        holder = null;
        Run over = run;
        run = null;
        if (over != null) {
            over.end();
        }
    }

    private Runner idleRunner() {
        Runner runner = idle.poll();
        if (runner == null) {
            runner = new Runner(this);
            runner.start(carriers.newThread(loop.threadName(++threads), runner));
        }
        return runner;
    }

    /// Suspends the running task until its step comes up again. On the task's stack.
    void suspend(Runner me, TaskStep step) {
        CoreTask<?> suspended = step.task;
        step.suspendedOn = me;
        leave();
        if (!runAside(step)) {
            me.awaitTurn();
        }
        step.suspendedOn = null;
        enterTask(suspended);
    }

    /// Goes on without giving up the turn while that is possible.
    ///
    /// @return whether the step came up; if not, the turn has been passed on
    private boolean runAside(TaskStep step) {
        while (true) {
            ReadyEntry entry = next();
            if (entry == step) {
                return true;
            }
            if (entry != null && entry.isInternal()) {
                execute(entry);
                continue;
            }
            pass(entry);
            return false;
        }
    }

    // ---- whose code runs

    void enterTask(CoreTask<?> entered) {
        task = entered;
    }

    void enterCallback(Context entered) {
        callbackContext = entered;
    }

    void leave() {
        task = null;
        callbackContext = null;
    }

    /// Changes the context of the running code; returns the one before.
    @Nullable Context changeContext(@Nullable Context changed) {
        Context before = currentContext();
        if (task != null && changed != null) {
            task.liveContext = changed; // goes with the task when it suspends
        } else {
            callbackContext = changed;
        }
        return before;
    }

    /// An entry that does nothing: it makes a sleeping loop look again.
    private static final class Nudge extends ReadyEntry {
        @Override
        boolean isInternal() {
            return true;
        }

        @Override
        void run() {}
    }
}
