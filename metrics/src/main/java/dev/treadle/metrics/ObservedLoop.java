package dev.treadle.metrics;

import dev.treadle.EventLoop;
import dev.treadle.LoopStatistics;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
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
        this.watches =
                statistics.workers().stream()
                        .map(worker -> new WorkerWatch(label, events, worker))
                        .toList();
        // A task that has a thread of its own holds nobody up.
        this.recorder =
                new Recorder(
                        this, events, watches, Share.tasksHaveThreads(loop, workers) ? 0 : workers);
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

    /// What the loop does and has done at this moment; null if it has been collected.
    @Nullable LoopSnapshot snapshot() {
        EventLoop loop = reference.get();
        if (loop == null) {
            return null;
        }
        LoopStatistics statistics = loop.statistics();
        long now = loops.clock.getAsLong();
        List<LoopSnapshot.Watched> watched =
                IntStream.range(0, watches.size())
                        .mapToObj(i -> watches.get(i).reading(statistics.workers().get(i), now))
                        .toList();
        return new LoopSnapshot(
                statistics, watched, dropped.sum() + recorder.dropped() + log.suppressed());
    }

    /// For the meters of a registry, which are read together.
    Scrapes newScrapes() {
        return new Scrapes(loops.clock, loops.longestScrape);
    }

    /// Takes note of samples that were left out.
    void dropped(long samples) {
        dropped.add(samples);
    }

    // ---- Flight Recorder, on its thread

    private void tellStatistics() {
        LoopSnapshot snapshot = snapshot();
        if (snapshot != null) {
            events.statistics(label, snapshot);
        }
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
        recorder.recordSteps();
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
