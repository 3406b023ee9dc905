package dev.treadle.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// What a worker has measured, until the watchdog takes it.
///
/// To record a sample in a registry costs many times what it costs to put it down here, and so is
/// not what a worker does between two steps. One thread at a time puts, one takes. If samples come
/// faster than they are taken, there is room for twice as many from then on, up to a bound; what
/// comes beyond that is dropped.
final class Samples {
    private static final int SMALLEST = 1 << 6;

    /// What a worker measures between two looks that does ten million steps a second.
    private static final int LARGEST = 1 << 14;

    /// As many as fit into one array, which is used again and again.
    private static final class Ring {
        private static final VarHandle PUT = count("put");
        private static final VarHandle TAKEN = count("taken");

        private final long[] samples;
        private int put; // how many, ever: written by the worker
        private int taken; // how many of them, ever: written by the watchdog
        private volatile @Nullable Ring next; // set by the worker, which puts no more here then

        private Ring(int size) {
            samples = new long[size];
        }

        private static VarHandle count(String name) {
            try {
                return MethodHandles.lookup().findVarHandle(Ring.class, name, int.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private boolean put(long sample) {
            if (put - (int) TAKEN.getAcquire(this) == samples.length) {
                return false;
            }
            samples[put & (samples.length - 1)] = sample;
            PUT.setRelease(this, put + 1);
            return true;
        }

        private void takeAll(LongConsumer taker) {
            int until = (int) PUT.getAcquire(this);
            while (taken != until) {
                taker.accept(samples[taken & (samples.length - 1)]);
                TAKEN.setRelease(this, taken + 1);
            }
        }
    }

    private final int largest;
    private Ring putting; // the worker's
    private Ring taking; // the watchdog's
    private volatile long dropped; // written by the worker

    Samples() {
        this(SMALLEST, LARGEST);
    }

    /// Makes one with room for so many at first, and so many at last: powers of two.
    Samples(int smallest, int largest) {
        this.largest = largest;
        this.putting = new Ring(smallest);
        this.taking = putting;
    }

    /// Puts down a sample, so many times. Called by the worker.
    void put(long sample, int times) {
        for (int i = 0; i < times; i++) {
            put(sample);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // only the worker writes
    private void put(long sample) {
        if (putting.put(sample)) {
            return;
        }
        if (putting.samples.length == largest) {
            dropped++;
            return;
        }
        Ring larger = new Ring(2 * putting.samples.length);
        larger.put(sample);
        putting.next = larger;
        putting = larger;
    }

    /// Takes all that are there, the oldest first. Called by the watchdog.
    void takeAll(LongConsumer taker) {
        while (true) {
            Ring larger = taking.next; // before: all that was put here is seen then
            taking.takeAll(taker);
            if (larger == null) {
                return;
            }
            taking = larger;
        }
    }

    /// {@return how many have been dropped} Called by any thread.
    long dropped() {
        return dropped;
    }
}
