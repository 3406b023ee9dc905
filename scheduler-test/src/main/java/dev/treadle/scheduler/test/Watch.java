package dev.treadle.scheduler.test;

import dev.treadle.AsyncGenerator;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.Future;
import dev.treadle.Generator;
import dev.treadle.Handle;
import dev.treadle.Task;
import dev.treadle.core.Probe;
import dev.treadle.core.VirtualTime;
import dev.treadle.spi.Creations;
import dev.treadle.spi.Execution;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Sees what happens in the loops of one run, and keeps what may turn out to be left behind.
final class Watch implements Probe {
    private static final int SWEEP_AT = 4096;

    // Whose loops and threads make coroutines and generators for which run.
    private static final Map<Object, Watch> RUNS = new ConcurrentHashMap<>();

    static {
        Creations.listen(Watch::tell);
    }

    private final VirtualTime clock;
    private final Injector injector;
    private final @Nullable Trace trace;
    private final List<Probe.Failed> unseen = new CopyOnWriteArrayList<>(); // any thread
    private final Set<Handle> armed = new HashSet<>(); // loop thread only
    private final List<Object> made = new ArrayList<>(); // guarded by lock
    private final Object lock = new Object();
    private int sweepAt = SWEEP_AT; // guarded by lock
    private @Nullable SimulatedThreads threads; // before the run, then read by any thread

    Watch(VirtualTime clock, Injector injector, boolean tracing) {
        this.clock = clock;
        this.injector = injector;
        this.trace = tracing ? new Trace() : null;
    }

    @Nullable Trace trace() {
        return trace;
    }

    /// Says which threads are told that they have queued something, or are about to block.
    void onThreads(SimulatedThreads all) {
        threads = all;
    }

    // ---- whose creations these are

    /// Takes what a loop, or a thread outside loops, makes for this run's.
    void claim(Object loopOrThread) {
        RUNS.put(loopOrThread, this);
    }

    static void release(Object loopOrThread) {
        RUNS.remove(loopOrThread);
    }

    /// How many loops and threads are taken for some run's.
    static int claimed() {
        return RUNS.size();
    }

    private static void tell(Object created) {
        if (RUNS.isEmpty()) {
            return;
        }
        EventLoop loop = Execution.current().loop();
        Watch watch = RUNS.get(loop != null ? loop : Thread.currentThread());
        if (watch != null) {
            watch.made(created);
        }
    }

    private void made(Object created) {
        synchronized (lock) {
            if (made.size() >= sweepAt) {
                made.removeIf(Watch::isOver);
                sweepAt = Math.max(SWEEP_AT, 2 * made.size());
            }
            made.add(created);
            if (trace != null) {
                trace.made(created);
            }
        }
    }

    private static boolean isOver(Object created) {
        return switch (created) {
            case Coroutine<?> coroutine -> coroutine.isSpent();
            default -> stateOf(created) == Generator.State.CLOSED;
        };
    }

    private static Generator.State stateOf(Object created) {
        return switch (created) {
            case Generator<?> generator -> generator.state();
            case AsyncGenerator<?> generator -> generator.state();
            default -> Generator.State.CLOSED;
        };
    }

    // ---- what the loop tells

    @Override
    public void taskCreated(Task<?> task) {
        if (trace != null) {
            trace.created(task);
        }
    }

    @Override
    public void suspending(Task<?> task, @Nullable Future<?> awaited) {
        injector.suspending(task);
        if (trace != null) {
            trace.suspending(task, awaited);
        }
    }

    @Override
    public void timerArmed(Handle timer) {
        armed.add(timer);
        if (armed.size() % SWEEP_AT == 0) {
            armed.removeIf(Handle::isCancelled);
        }
        if (trace != null) {
            trace.made(timer);
        }
    }

    @Override
    public void failedUnseen(Probe.Failed future) {
        unseen.add(future);
        if (trace != null) {
            trace.failed(future.future());
        }
    }

    @Override
    public void submitted() {
        if (threads != null) {
            threads.submitted();
        }
    }

    @Override
    public void blocking(Future<?> future) {
        if (threads != null) {
            threads.blocking(future);
        }
    }

    // ---- what the ready queue tells

    void queued(Handle timer) {
        if (!armed.isEmpty()) {
            armed.remove(timer);
        }
        if (trace != null) {
            trace.forget(timer);
        }
    }

    void picked(Line line, @Nullable Task<?> task) {
        if (trace != null) {
            trace.picked(line, task, clock.elapsed());
        }
        if (task != null) {
            injector.picked(task);
        }
    }

    // ---- what is left

    /// The timers that are still to fire.
    List<Handle> armedTimers() {
        return armed.stream().filter(timer -> !timer.isCancelled()).toList();
    }

    /// The failures that nobody asked for. From now on they count as told.
    List<Probe.Failed> takeUnseenFailures() {
        List<Probe.Failed> left = unseen.stream().filter(failed -> !failed.isRetrieved()).toList();
        left.forEach(Watch::retrieve);
        return left;
    }

    @SuppressWarnings("CheckReturnValue") // asking is the point
    private static void retrieve(Probe.Failed failed) {
        failed.future().exception();
    }

    /// The coroutines that were neither awaited nor closed.
    List<Coroutine<?>> pendingCoroutines() {
        synchronized (lock) {
            List<Coroutine<?>> left = new ArrayList<>();
            for (Object each : made) {
                if (each instanceof Coroutine<?> coroutine && !coroutine.isSpent()) {
                    left.add(coroutine);
                }
            }
            return left;
        }
    }

    /// The generators that are neither exhausted nor closed.
    List<Object> openGenerators() {
        synchronized (lock) {
            return made.stream()
                    .filter(each -> stateOf(each) == Generator.State.SUSPENDED)
                    .toList();
        }
    }

    /// Where something was made, if that is known.
    String createdAt(Object object) {
        return trace == null ? "" : trace.createdAt(object);
    }

    /// Where something was made to fail, if that is known.
    String failedAt(Object object) {
        return trace == null ? "" : trace.failedAt(object);
    }

    /// Who awaits whom, while a timer or a thread may still complete something.
    String awaitGraph() {
        return trace == null ? "" : AwaitGraph.of(trace);
    }

    /// Who awaits whom, when no timer and no thread is left.
    String awaitGraphAtTheEnd() {
        return trace == null ? "" : AwaitGraph.withOrphans(trace);
    }

    /// The cycles in which tasks await each other.
    List<String> cycles() {
        return trace == null ? List.of() : AwaitGraph.cyclesOf(trace);
    }
}
