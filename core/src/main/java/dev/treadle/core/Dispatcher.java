package dev.treadle.core;

import dev.treadle.Context;
import dev.treadle.FatalError;
import dev.treadle.LoopStatistics.State;
import java.util.Objects;
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
/// stack. For the same reason a task that starts eagerly gets a runner of its own, while its
/// creator's waits.
///
/// **An iteration** is the `todo` entries that were ready when it began. It lives here and not on a
/// stack, so that it goes on undisturbed while the turn changes hands.
final class Dispatcher {
    final CoreEventLoop loop;
    private final Clock clock;
    private final ReadyQueue ready;
    private final TimerQueue timers;
    private final boolean parallel; // no step of a task runs here
    private final Poller poller;
    private final Carriers carriers;
    private final Inbox inbox;
    private final IdleRunners<Runner> idle = new IdleRunners<>();
    private final WorkerCounters counters;

    private @Nullable Run run; // the run under way
    private int todo; // entries left of this iteration
    private boolean iterated; // whether this run has begun an iteration
    private int threads; // how many runners were ever made, for their names
    private @Nullable EagerStart eagerStart; // the innermost one whose task has not suspended yet
    private @Nullable CoreTask<?> task; // whose step runs
    private @Nullable Context callbackContext; // what the running callback sees
    private @Nullable Runner runner; // who holds the turn, written together with holder
    private @Nullable Thread holder; // its thread; another that reads it only asks "is it me?"
    private @Nullable DebugWatch
            watch; // any thread; plain, because a holder may see it late; debug mode
    private @Nullable Measuring measuring; // likewise; null while nobody listens
    private volatile boolean stopping; // set by any thread, read by the holder

    Dispatcher(CoreEventLoop loop, Ports ports, TimerQueue timers) {
        this.loop = loop;
        this.clock = ports.clock();
        this.ready = ports.ready();
        this.poller = ports.poller();
        this.carriers = ports.carriers();
        this.timers = timers;
        this.inbox = new Inbox(poller);
        this.parallel = loop.isParallel();
        this.counters = new WorkerCounters(parallel);
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

    /// The thread that holds the turn, as another thread may see it.
    @Nullable Thread holderThread() {
        return holder;
    }

    /// Whether the user's code runs, as another thread may see it.
    boolean isInStep() {
        return task != null || callbackContext != null;
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

    /// Has a watch look on from the next entry on, or none.
    void watch(@Nullable DebugWatch newWatch) {
        watch = newWatch;
    }

    @Nullable DebugWatch watch() {
        return watch;
    }

    /// Has durations measured from the next entry on, or no more. From any thread.
    void measuring(@Nullable Measuring newMeasuring) {
        measuring = newMeasuring;
    }

    @Nullable Measuring measuring() {
        return measuring;
    }

    WorkerCounters counters() {
        return counters;
    }

    Inbox inbox() {
        return inbox;
    }

    /// How many entries are ready, as another thread may see it.
    int depth() {
        return ready.size();
    }

    /// Queues an entry; `held` says that the caller acts with the turn.
    void add(ReadyEntry entry, boolean held) {
        Measuring measured = measuring;
        if (measured != null && entry instanceof TaskStep step) {
            measured.becomesReady(step, held);
        }
        if (held) {
            counters.submitted.increment();
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
        counters.time.become(State.RUNNING, measuring);
        idleRunner().grant(null);
        current.await(onInterrupt);
        counters.time.become(State.STOPPED, measuring);
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
        loop.counters.dropTimers();
        inbox.drainTo(ready);
        todo = 0;
        for (ReadyEntry entry = ready.poll(); entry != null; entry = ready.poll()) {
            entry.drop();
        }
    }

    // ---- what the holder of the turn does

    /// Takes the next entry, beginning iterations and waiting as needed; null when the run is over.
    @Nullable ReadyEntry next() {
        DebugWatch debugging = watch;
        Measuring measured = measuring;
        if (measured != null) {
            measured.ends();
        }
        while (true) {
            while (todo > 0) {
                todo--;
                ReadyEntry entry = ready.poll();
                if (entry != null && !entry.isObsolete()) {
                    if (debugging != null) {
                        debugging.begins(entry);
                    }
                    if (measured != null && !parallel) {
                        measured.begins(entry);
                    }
                    return entry;
                }
            }
            if (debugging != null) {
                debugging.ends();
            }
            if (isOver()) {
                return null;
            }
            try {
                beginIteration(debugging);
            } catch (Throwable e) {
                fail(e);
            }
        }
    }

    private boolean isOver() {
        Run current = run;
        return current == null || current.failure != null || (stopping && iterated);
    }

    private void beginIteration(@Nullable DebugWatch debugging) {
        iterated = true;
        long movedBefore = inbox.moved();
        inbox.drainTo(ready);
        if (debugging != null && ready.size() == 0) {
            debugging.idle();
        }
        long deadline = timers.nextDeadline();
        long timeout = ready.size() > 0 || stopping ? 0 : timeUntil(deadline);
        boolean slept = timeout > 0 && sleep(timeout);
        if (timeout <= 0 && poller.watches()) {
            carriers.poll(poller, 0);
        }
        inbox.drainTo(ready);
        if (deadline != TimerQueue.NEVER) {
            timers.moveDue(clock.nanoTime(), ready);
        }
        todo = ready.size();
        tellIteration(slept, movedBefore);
    }

    private void tellIteration(boolean slept, long movedBefore) {
        if (slept) {
            (todo > 0 ? counters.usefulWakeups : counters.emptyWakeups).increment();
        }
        if (todo > 0) {
            counters.iterations.increment();
            Measuring measured = measuring;
            if (measured != null) {
                int injected = (int) (inbox.moved() - movedBefore);
                measured.passBegins(todo - injected, injected);
            }
        }
    }

    /// Waits, unless something has come in meanwhile; returns whether it has waited.
    private boolean sleep(long timeout) {
        if (!inbox.fallAsleep()) {
            return false;
        }
        counters.time.become(State.PARKED, measuring);
        try {
            carriers.poll(poller, timeout);
        } finally {
            inbox.wakeUp();
            counters.time.become(State.RUNNING, measuring);
        }
        return true;
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
        if (!(failure instanceof FatalError)) {
            loop.counters.internalErrors.increment();
        }
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
        boolean stay = idle.keep(me); // before the turn is gone: it is then somebody else's
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
        EagerStart start = endEagerStart();
        if (start != null) {
            pass(start);
            me.awaitTurn();
        } else if (!runAside(step)) {
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

    // ---- eager starts

    /// Runs a new task until it suspends or ends, on another runner, while the calling one waits.
    void startNow(CoreTask<?> started) {
        Runner creator = Objects.requireNonNull(runner);
        EagerStart start = new EagerStart(started, creator, eagerStart);
        CoreTask<?> creatorsTask = task;
        Context creatorsContext = callbackContext;
        leave();
        eagerStart = start;
        idleRunner().grant(start);
        creator.awaitTurn();
        task = creatorsTask;
        callbackContext = creatorsContext;
        start.rethrow();
    }

    /// Called when the running step has suspended or ended. If it was an eager start, the turn is
    /// to go back to the creator, to whose runner the returned entry belongs; else this returns
    /// null.
    @Nullable EagerStart endEagerStart() {
        EagerStart start = eagerStart;
        if (start != null) {
            eagerStart = start.end();
        }
        return start;
    }

    // ---- whose code runs

    void enterTask(CoreTask<?> entered) {
        counters.steps.increment();
        task = entered;
    }

    void enterCallback(Context entered) {
        counters.callbacks.increment();
        callbackContext = entered;
    }

    /// Takes note that a timer has been entered that was due then.
    void timerFires(long due) {
        loop.counters.timersFired.increment();
        Measuring measured = measuring;
        if (measured != null) {
            measured.timerFires(due);
        }
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
        public boolean isInternal() {
            return true;
        }

        @Override
        void run() {}
    }
}
