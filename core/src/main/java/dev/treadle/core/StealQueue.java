package dev.treadle.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A queue that one thread at a time adds to, its *owner*, and that any thread takes from.
///
/// The growing circular array of Chase and Lev's deque (*Dynamic Circular Work-Stealing Deque*,
/// SPAA 2005), with one difference: the owner takes from the same end as the thieves, so that what
/// has waited longest runs next. Whoever takes reads the slots first and then claims them, by
/// moving the head on; if that fails, what was read means nothing.
final class StealQueue<E> {
    private static final int SMALL = 256;
    private static final VarHandle HEAD;
    private static final VarHandle TAIL;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(StealQueue.class, "head", long.class);
            TAIL = lookup.findVarHandle(StealQueue.class, "tail", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // Numbers of entries, which never wrap; slot number & (length - 1) holds the entry.
    private volatile long head; // any thread, CAS: the next to be taken
    // Written by the owner with release, after the slot; nobody waits to see it.
    private volatile long tail;
    private volatile @Nullable Object[] slots = new Object[SMALL]; // written by the owner
    private boolean stale; // owner only: whether slots may hold what was taken

    // ---- by the owner

    /// How many entries were ever added, those that were stolen among them.
    long everAdded() {
        return (long) TAIL.get(this);
    }

    /// Adds an entry.
    ///
    /// @return whether others wait before it
    boolean push(E entry) {
        long end = (long) TAIL.get(this);
        long begin = head;
        put(room(begin, end, 1), end, entry);
        TAIL.setRelease(this, end + 1);
        return begin < end;
    }

    private void put(@Nullable Object[] array, long number, @Nullable Object entry) {
        array[(int) number & (array.length - 1)] = entry;
        stale = true;
    }

    /// The array, with room for more entries. A thief that still reads an old array finds there
    /// what was in it.
    private @Nullable Object[] room(long begin, long end, int more) {
        @Nullable Object[] array = slots;
        if (end - begin + more <= array.length) {
            return array;
        }
        int length = array.length;
        while (end - begin + more > length) {
            length *= 2;
        }
        @Nullable Object[] larger = new Object[length];
        for (long number = begin; number < end; number++) {
            larger[(int) number & (length - 1)] = array[(int) number & (array.length - 1)];
        }
        slots = larger;
        return larger;
    }

    /// Moves half of what another queue holds, rounded up, to this one, but for the first.
    ///
    /// @return the first, null if there was nothing
    @Nullable E stealHalf(StealQueue<E> victim) {
        while (true) {
            long begin = victim.head;
            long left = victim.tail - begin;
            if (left <= 0) {
                return null;
            }
            int taken = (int) Math.min(left - left / 2, Integer.MAX_VALUE / 4);
            long end = (long) TAIL.get(this);
            @Nullable Object[] array = room(head, end, taken);
            // After the tail, because the array in which the owner has put an entry is visible
            // before it.
            @Nullable Object[] from = victim.slots;
            for (int i = 1; i < taken; i++) {
                put(array, end + i - 1, from[(int) (begin + i) & (from.length - 1)]);
            }
            @SuppressWarnings("unchecked")
            E first = (E) from[(int) begin & (from.length - 1)];
            if (HEAD.compareAndSet(victim, begin, begin + taken)) {
                TAIL.setRelease(this, end + taken - 1);
                return first;
            }
        }
    }

    /// Lets go of what was taken, if this is empty: slots keep it else until they are used again.
    void forget() {
        if (stale && isEmpty()) {
            stale = false;
            if (slots.length > SMALL) {
                slots = new Object[SMALL];
            } else {
                Arrays.fill(slots, null);
            }
        }
    }

    // ---- by any thread

    /// Takes the oldest entry; null if there is none.
    @Nullable E poll() {
        while (true) {
            long begin = head;
            if (begin >= tail) {
                return null;
            }
            @Nullable Object[] array = slots;
            @SuppressWarnings("unchecked")
            E first = (E) array[(int) begin & (array.length - 1)];
            if (HEAD.compareAndSet(this, begin, begin + 1)) {
                return first;
            }
        }
    }

    boolean isEmpty() {
        return head >= tail;
    }

    /// How many entries there are.
    int size() {
        long begin = head; // before the tail, so that no fewer are seen than none
        return (int) Math.min(tail - begin, Integer.MAX_VALUE);
    }
}
