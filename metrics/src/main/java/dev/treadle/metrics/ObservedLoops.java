package dev.treadle.metrics;

import dev.treadle.EventLoop;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;

/// The loops whose meters somebody has asked for. One of each, however many binders it has.
final class ObservedLoops {
    static final ObservedLoops OF_PROCESS =
            new ObservedLoops(
                    System::nanoTime,
                    Thread.ofPlatform().daemon().name("treadle-metrics-watchdog").factory());

    final LongSupplier clock;
    final long longestScrape;
    final Watchdog watchdog;
    final Claims claims = new Claims();
    private final Object lock = new Object();
    private final Map<EventLoop, ObservedLoop> byLoop = new WeakHashMap<>(); // guarded by lock
    private final Set<String> labels = new HashSet<>(); // guarded by lock

    /// Makes a set of its own.
    ///
    /// @param clock what the watchdog measures with, in nanoseconds
    /// @param threads makes the watchdog's thread
    ObservedLoops(LongSupplier clock, ThreadFactory threads) {
        this(clock, threads, Scrapes.LONGEST);
    }

    /// Makes a set of its own.
    ///
    /// @param clock what the watchdog measures with, in nanoseconds
    /// @param threads makes the watchdog's thread
    /// @param longestScrape for how long the meters of a loop show the same moment at most
    ObservedLoops(LongSupplier clock, ThreadFactory threads, long longestScrape) {
        this.clock = clock;
        this.longestScrape = longestScrape;
        this.watchdog = new Watchdog(clock, threads);
    }

    /// The one of a loop; one that has ended if the loop is closed.
    ObservedLoop observe(EventLoop loop) {
        ObservedLoop observed;
        synchronized (lock) {
            observed = byLoop.get(loop);
            if (observed == null) {
                observed = new ObservedLoop(loop, label(loop.name()), this);
                byLoop.put(loop, observed);
            }
        }
        if (loop.isClosed()) { // and whoever told of that may have come too early
            closed(loop);
        }
        return observed;
    }

    /// Takes the first name that is free: several loops may have one name.
    private String label(String name) {
        String label = name;
        for (int number = 2; !labels.add(label); number++) {
            label = name + "-" + number;
        }
        return label;
    }

    void closed(EventLoop loop) {
        ObservedLoop observed;
        synchronized (lock) {
            observed = byLoop.remove(loop);
        }
        if (observed != null) {
            observed.end(loop);
        }
    }

    /// Called once for each observed loop, when its meters are gone.
    void ended(ObservedLoop observed) {
        synchronized (lock) {
            labels.remove(observed.label);
        }
    }

    /// {@return how many loops are observed}
    int size() {
        synchronized (lock) {
            return byLoop.size();
        }
    }
}
