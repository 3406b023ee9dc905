package dev.treadle.metrics;

import dev.treadle.EventLoop;
import dev.treadle.LoopStatistics;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// A loop whose meters somebody has asked for: what the meters read, and what the watchdog looks
/// at.
///
/// It does not keep the loop from being collected, and is itself kept by the loop, which it listens
/// to, so that the meters can refer to it weakly. While it is bound to no registry it does nothing;
/// while none of them takes note it counts stalls and measures nothing.
final class ObservedLoop {
    private static final long WINDOW = 1_000_000_000;
    private static final long PEAK = 60 * WINDOW / DepthPeaks.PARTS;

    final String label;
    final String scheduler;
    final List<Share> shares;
    final Recorder recorder;
    private final WeakReference<EventLoop> reference;
    private final ObservedLoops loops;
    private final Events events = Events.OF_PROCESS;
    private final List<WorkerWatch> watches;
    private final StallLog log;
    private final LagProbe probe;
    private final LongAdder dropped = new LongAdder();
    private final Runnable hook = this::tellStatistics;
    private final Bindings bindings; // guarded by this
    private volatile boolean heard; // guarded by this, read by the watchdog
    private boolean ended; // guarded by this

    // The watchdog's, once it looks.
    private long windowBegan;
    private long peakBegan;
    private long refusedBefore;
    private long unhandledBefore;

    ObservedLoop(EventLoop loop, String label, ObservedLoops loops) {
        LoopStatistics statistics = loop.statistics();
        int workers = statistics.workers().size();
        this.reference = new WeakReference<>(loop);
        this.label = label;
        this.scheduler = loop.scheduler();
        this.loops = loops;
        this.shares = Share.of(loop, workers);
        // A task that has a thread of its own holds nobody up.
        this.recorder =
                new Recorder(this, events, Share.tasksHaveThreads(loop, workers) ? 0 : workers);
        this.watches =
                statistics.workers().stream()
                        .map(worker -> new WorkerWatch(label, events, worker))
                        .toList();
        this.log = new StallLog(label, loops.clock);
        this.probe = new LagProbe(this, loops.clock);
        this.bindings = new Bindings(this, loops.claims);
    }

    // ---- binding, by any thread

    void bind(MeterRegistry registry, Bindings.Owner owner) {
        synchronized (this) {
            EventLoop loop = reference.get();
            owner.ensureOpen(label);
            if (ended || loop == null) {
                return;
            }
            if (bindings.isEmpty()) {
                begin(loop);
            }
            bindings.add(registry, owner);
            recorder.targets(bindings.timers());
            listen(loop);
        }
    }

    void release(Bindings.Owner owner) {
        synchronized (this) {
            bindings.release(owner);
            recorder.targets(bindings.timers());
            if (bindings.isEmpty()) {
                rest(reference.get());
            }
        }
    }

    /// Removes all meters, for good.
    ///
    /// @param loop the loop, which is closed; null if it has been collected
    void end(@Nullable EventLoop loop) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            if (!bindings.isEmpty() && loop != null) {
                events.loopClosed(label, loop.statistics().tasks());
            }
            bindings.clear();
            recorder.targets(bindings.timers());
            rest(loop);
        }
        loops.ended(this);
    }

    private void begin(EventLoop loop) {
        windowBegan = loops.clock.getAsLong();
        peakBegan = windowBegan;
        LoopStatistics statistics = loop.statistics();
        refusedBefore = refused(statistics);
        unhandledBefore = statistics.unhandled();
        loops.watchdog.watch(this);
        events.loopBound(label, scheduler, loop.carriers(), watches.size());
        events.addHook(hook);
    }

    /// Has the loop measure itself while a registry takes note.
    private void listen(EventLoop loop) {
        synchronized (this) {
            heard = bindings.areHeard();
            if (heard) {
                loop.addListener(recorder);
            } else {
                loop.removeListener(recorder);
            }
        }
    }

    private void rest(@Nullable EventLoop loop) {
        loops.watchdog.forget(this);
        events.removeHook(hook);
        if (loop != null) {
            loop.removeListener(recorder);
        }
    }

    // ---- what meters read, by any thread

    /// A number from a snapshot of the loop; NaN if the loop has been collected.
    double read(ToDoubleFunction<LoopStatistics> part) {
        EventLoop loop = reference.get();
        return loop == null ? Double.NaN : part.applyAsDouble(loop.statistics());
    }

    /// A count from a snapshot of the loop; 0 if the loop has been collected.
    long count(ToLongFunction<LoopStatistics> part) {
        EventLoop loop = reference.get();
        return loop == null ? 0 : part.applyAsLong(loop.statistics());
    }

    WorkerWatch watch(int worker) {
        return watches.get(worker);
    }

    /// How long a share has been seen to stand still.
    double blockedNanos(Share share) {
        EventLoop loop = reference.get();
        if (loop == null) {
            return Double.NaN;
        }
        List<LoopStatistics.Worker> workers = loop.statistics().workers();
        long now = loops.clock.getAsLong();
        return share.standsStill(i -> watches.get(i).blockedNanos(workers.get(i), now));
    }

    /// A sum over the watches of the workers of a share.
    double sum(Share share, ToDoubleFunction<WorkerWatch> part) {
        return watches.subList(share.from(), share.to()).stream().mapToDouble(part).sum();
    }

    /// The mean over the watches of the workers of a share.
    double mean(Share share, ToDoubleFunction<WorkerWatch> part) {
        return sum(share, part) / (share.to() - share.from());
    }

    /// Takes note of samples that were left out.
    void dropped(long samples) {
        dropped.add(samples);
    }

    /// {@return how many samples and log lines were left out}
    long dropped() {
        return dropped.sum() + log.suppressed();
    }

    // ---- Flight Recorder, on its thread

    private void tellStatistics() {
        EventLoop loop = reference.get();
        if (loop == null) {
            return;
        }
        LoopStatistics statistics = loop.statistics();
        long now = loops.clock.getAsLong();
        long mostReady = 0;
        long blocked = 0;
        for (int i = 0; i < watches.size(); i++) {
            WorkerWatch watch = watches.get(i);
            mostReady += watch.localDepth.max() + watch.injectedDepth.max();
            blocked = Math.max(blocked, watch.blockedNanos(statistics.workers().get(i), now));
        }
        events.statistics(label, statistics, mostReady, blocked);
    }

    // ---- the watchdog

    /// Looks at the loop.
    ///
    /// @param now the time
    /// @param late how much later this is than it should be
    void tick(long now, long late) {
        EventLoop loop = reference.get();
        if (loop == null || loop.isClosed()) {
            end(loop);
            return;
        }
        LoopStatistics statistics = loop.statistics();
        look(loop, statistics, now, late);
        if (heard) {
            probe.tick(loop, statistics, now);
        }
        if (now - windowBegan >= WINDOW) {
            windowBegan = now;
            endWindows(statistics);
            listen(loop); // a registry may have been added to a composite, or removed
        }
        if (now - peakBegan >= PEAK) {
            peakBegan = now;
            watches.forEach(WorkerWatch::turnPeaks);
        }
        reportRefused(statistics);
        reportUnhandled(statistics);
    }

    private void look(EventLoop loop, LoopStatistics statistics, long now, long late) {
        long threshold = loop.slowCallback().toNanos();
        for (int i = 0; i < watches.size(); i++) {
            LoopStatistics.Worker worker = statistics.workers().get(i);
            WorkerWatch.Stall stall = watches.get(i).look(worker, now, late, threshold);
            if (stall != null) {
                report(loop, i, stall);
            }
        }
    }

    private void report(EventLoop loop, int worker, WorkerWatch.Stall stall) {
        Standing standing = Standing.of(loop, worker, watches.size());
        events.stalled(label, worker, stall, standing);
        if (heard && !loop.debug()) { // debug mode has a watchdog of its own, which says the same
            log.report(stall, standing);
        }
    }

    private void endWindows(LoopStatistics statistics) {
        for (int i = 0; i < watches.size(); i++) {
            LoopStatistics.Worker worker = statistics.workers().get(i);
            watches.get(i).utilization.endWindow(worker.busy().toNanos(), worker.idle().toNanos());
        }
    }

    private void reportRefused(LoopStatistics statistics) {
        long refused = refused(statistics);
        if (refused > refusedBefore) {
            events.rejected(label, refused - refusedBefore);
        }
        refusedBefore = refused;
    }

    private void reportUnhandled(LoopStatistics statistics) {
        long unhandled = statistics.unhandled();
        if (unhandled > unhandledBefore) {
            events.unhandled(label, unhandled - unhandledBefore);
        }
        unhandledBefore = unhandled;
    }

    private static long refused(LoopStatistics statistics) {
        return statistics.rejected().closed() + statistics.rejected().full();
    }

    @Override
    public String toString() {
        return "ObservedLoop[" + label + "]";
    }
}
