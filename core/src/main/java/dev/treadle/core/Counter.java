package dev.treadle.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;

/// A number that only grows. Any thread may read it, and sees what it was a moment ago.
abstract sealed class Counter {

    /// A counter that one thread at a time adds to: a load and a store.
    static Owned owned() {
        return new Owned();
    }

    /// A counter that any thread adds to.
    static Counter shared() {
        return new Shared();
    }

    abstract void add(long count);

    final void increment() {
        add(1);
    }

    abstract long get();

    /// A counter of one owner.
    static final class Owned extends Counter {
        private static final VarHandle VALUE;

        static {
            try {
                VALUE = MethodHandles.lookup().findVarHandle(Owned.class, "value", long.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        // Written by the owner with release, read by any thread with acquire: who sees that
        // something has ended, and looks then, sees that it has begun.
        private long value;

        @Override
        void add(long count) {
            VALUE.setRelease(this, value + count);
        }

        @Override
        long get() {
            return (long) VALUE.getAcquire(this);
        }
    }

    private static final class Shared extends Counter {
        private final LongAdder value = new LongAdder();

        @Override
        void add(long count) {
            value.add(count);
        }

        @Override
        long get() {
            return value.sum();
        }
    }
}
