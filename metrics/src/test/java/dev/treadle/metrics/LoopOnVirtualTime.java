package dev.treadle.metrics;

import dev.treadle.core.CarrierChoice;
import dev.treadle.core.CoreEventLoop;
import dev.treadle.core.FifoReadyQueue;
import dev.treadle.core.Ports;
import dev.treadle.core.ThreadOffload;
import dev.treadle.core.VirtualTime;
import dev.treadle.core.WatchedOffload;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.search.RequiredSearch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A loop whose time, and whose watchdog's, is moved by the test, with its meters in a registry.
final class LoopOnVirtualTime implements AutoCloseable {
    final VirtualTime time = new VirtualTime();
    final ObservedLoops loops =
            new ObservedLoops( // each meter is read for itself, whatever happens in no time
                    time::nanoTime, _ -> Thread.ofVirtual().unstarted(() -> {}), 0);
    final MeterRegistry registry = new SimpleMeterRegistry();
    final RecordedWarnings warnings = new RecordedWarnings();
    final CoreEventLoop loop;
    final TreadleMetrics metrics;

    LoopOnVirtualTime() {
        this("virtual");
    }

    LoopOnVirtualTime(String name) {
        loop = newLoop(name);
        metrics = TreadleMetrics.of(loop, loops);
        metrics.bindTo(registry);
    }

    private CoreEventLoop newLoop(String name) {
        return new CoreEventLoop(
                name,
                "test",
                new Ports(
                        time,
                        new FifoReadyQueue(),
                        time,
                        CarrierChoice.newCarriers("treadle-test-" + name),
                        new WatchedOffload(new ThreadOffload("treadle-test-" + name), time)));
    }

    /// Has the watchdog look, in its time.
    void look() {
        look(Duration.ZERO);
    }

    /// Has the watchdog look later than it should.
    void look(Duration late) {
        loops.watchdog.tick(time.nanoTime(), late.toNanos());
    }

    /// Moves the time, as code does that keeps its thread busy.
    void pass(Duration passed) {
        time.pass(passed.toNanos());
    }

    /// Moves the time, with the watchdog looking each tenth of a second.
    void passWatched(Duration passed) {
        for (long left = passed.toNanos(); left > 0; left -= Watchdog.INTERVAL) {
            time.pass(Math.min(left, Watchdog.INTERVAL));
            look();
        }
    }

    /// Runs a callback, and what it has queued.
    void runOnLoop(Runnable callback) {
        loop.callSoon(callback);
        loop.callSoon(() -> loop.callSoon(loop::stop));
        loop.runForever();
    }

    RequiredSearch meter(String name, String... tags) {
        return registry.get(name).tags(tags);
    }

    double gauge(String name, String... tags) {
        return meter(name, tags).gauge().value();
    }

    double timeGauge(String name, String... tags) {
        return meter(name, tags).timeGauge().value(TimeUnit.SECONDS);
    }

    double count(String name, String... tags) {
        return meter(name, tags).functionCounter().count();
    }

    @Override
    public void close() {
        metrics.close(); // no observer tells of a loop that was not made by a scheduler
        loop.close();
        warnings.close();
    }
}
