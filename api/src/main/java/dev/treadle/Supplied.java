package dev.treadle;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Elements that a supplier gives, up to a sentinel.
final class Supplied<T extends @Nullable Object> implements Iterator<T> {
    private final T sentinel;
    private @Nullable Supplier<? extends T> supplier; // null at the end
    private boolean fetched; // by who uses this
    private @Nullable T element;

    Supplied(Supplier<? extends T> supplier, T sentinel) {
        this.supplier = supplier;
        this.sentinel = sentinel;
    }

    @Override
    public boolean hasNext() {
        Supplier<? extends T> more = supplier;
        if (!fetched && more != null) {
            T given = more.get();
            if (Objects.equals(given, sentinel)) {
                supplier = null;
            } else {
                element = given;
                fetched = true;
            }
        }
        return fetched;
    }

    @Override
    @SuppressWarnings("NullAway") // a T if one was fetched
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the supplier has given " + sentinel);
        }
        fetched = false;
        T next = element;
        element = null;
        return next;
    }
}
