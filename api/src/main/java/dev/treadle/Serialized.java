package dev.treadle;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// An iterator that several threads take from, one after the other.
///
/// Each has a view with a place of its own for the element that `hasNext()` has found: between that
/// and `next()` nobody else can take it.
final class Serialized<T extends @Nullable Object> implements Iterable<T> {

    private record Taken<T extends @Nullable Object>(T element) {}

    private final Iterator<? extends T> source; // guarded by lock
    private final ReentrantLock lock = new ReentrantLock();

    Serialized(Iterator<? extends T> source) {
        this.source = Objects.requireNonNull(source, "source");
    }

    private @Nullable Taken<T> take() {
        if (lock.isHeldByCurrentThread()) {
            throw new IllegalStateException(
                    "the source asks an iterator that is over itself for an element");
        }
        lock.lock();
        try {
            return source.hasNext() ? new Taken<>(source.next()) : null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Iterator<T> iterator() {
        return new View();
    }

    private final class View implements Iterator<T> {
        private @Nullable Taken<T> found; // the using thread's

        @Override
        public boolean hasNext() {
            if (found == null) {
                found = take();
            }
            return found != null;
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException("no more elements");
            }
            T element = Objects.requireNonNull(found).element();
            found = null;
            return element;
        }
    }
}
