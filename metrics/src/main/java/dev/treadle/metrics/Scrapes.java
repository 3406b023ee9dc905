package dev.treadle.metrics;

import java.util.BitSet;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Has the meters of one loop in one registry show the same moment when they are read together: a
/// snapshot is taken once, and not for each of them.
///
/// A scrape reads each meter once, on one thread. So a thread that reads one of them again has
/// begun another scrape, as has one that has taken a second for it.
///
/// It does not refer to the loop, because the meters, which the registry keeps, refer to this.
final class Scrapes {
    /// No snapshot is read for longer than this, in nanoseconds.
    static final long LONGEST = 1_000_000_000;

    /// One pass of a thread over the meters.
    private static final class Scrape {
        private final LoopSnapshot snapshot;
        private final long began;
        private final BitSet read = new BitSet(); // by their numbers

        Scrape(LoopSnapshot snapshot, long began) {
            this.snapshot = snapshot;
            this.began = began;
        }
    }

    private final LongSupplier clock;
    private final long longest;
    private final Map<Thread, Scrape> byThread = new WeakHashMap<>(); // guarded by itself
    private int readers; // by who registers the meters

    /// Makes one.
    ///
    /// @param clock the time, in nanoseconds
    /// @param longest for how long a snapshot is read at most
    Scrapes(LongSupplier clock, long longest) {
        this.clock = clock;
        this.longest = longest;
    }

    /// {@return a number for what reads one value}
    int newReader() {
        return readers++;
    }

    /// {@return what is to be shown; null if the loop has been collected}
    ///
    /// @param reader who reads
    /// @param loop the loop
    @Nullable LoopSnapshot read(int reader, ObservedLoop loop) {
        long now = clock.getAsLong();
        Scrape scrape = underWay();
        if (scrape == null || scrape.read.get(reader) || now - scrape.began >= longest) {
            LoopSnapshot snapshot = loop.snapshot();
            if (snapshot == null) {
                return null;
            }
            scrape = begin(snapshot, now);
        }
        scrape.read.set(reader);
        return scrape.snapshot;
    }

    private @Nullable Scrape underWay() {
        synchronized (byThread) {
            return byThread.get(Thread.currentThread());
        }
    }

    private Scrape begin(LoopSnapshot snapshot, long now) {
        Scrape scrape = new Scrape(snapshot, now);
        synchronized (byThread) {
            byThread.put(Thread.currentThread(), scrape);
        }
        return scrape;
    }
}
