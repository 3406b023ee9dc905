package dev.treadle;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A source that several iterators go through, each at its own pace.
///
/// What has been taken from the source is a chain of links. Each iterator holds the last one that
/// it has been at, so that what all have passed is collected.
final class Tee<T extends @Nullable Object> {

    /// An element, or the place before the first.
    private static final class Link<T extends @Nullable Object> {
        final @Nullable T element;
        @Nullable Link<T> next; // guarded by lock, if there is one

        Link(@Nullable T element) {
            this.element = element;
        }
    }

    private final Iterator<? extends T> source;
    private final @Nullable ReentrantLock lock; // null if only one thread at a time comes
    private final Link<T> beginning = new Link<>(null);
    private boolean working; // guarded by lock, if there is one

    Tee(Iterator<? extends T> source, @Nullable ReentrantLock lock) {
        this.source = Objects.requireNonNull(source, "source");
        this.lock = lock;
    }

    /// Makes an iterator that begins at the beginning. All are made before one is used, so that
    /// nothing is kept for those to come.
    Iterator<T> iterator() {
        return new Copy(beginning);
    }

    private @Nullable Link<T> after(Link<T> link) {
        if (lock == null) {
            return takeAfter(link);
        }
        lock.lock();
        try {
            return takeAfter(link);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Link<T> takeAfter(Link<T> link) {
        if (link.next != null) {
            return link.next;
        }
        if (working) {
            throw new IllegalStateException(
                    "the source asks an iterator that is over itself for an element");
        }
        working = true;
        try {
            if (source.hasNext()) {
                link.next = new Link<>(source.next());
            }
            return link.next;
        } finally {
            working = false;
        }
    }

    private final class Copy implements Iterator<T> {
        private Link<T> last; // by who uses this

        Copy(Link<T> last) {
            this.last = last;
        }

        @Override
        public boolean hasNext() {
            return after(last) != null;
        }

        @Override
        @SuppressWarnings("NullAway") // every link but the beginning holds a T
        public T next() {
            Link<T> next = after(last);
            if (next == null) {
                throw new NoSuchElementException("no more elements");
            }
            last = next;
            return next.element;
        }
    }
}
