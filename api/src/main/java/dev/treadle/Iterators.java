package dev.treadle;

import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What Python has for iterators and Java has not: for generators as for any others.
///
/// ```java
/// for (Line line : (Iterable<Line>) () -> Iterators.until(reader::line, Line.EMPTY)) { ... }
///
/// List<Iterator<Row>> copies = Iterators.tee(rows, 2);
/// ```
public final class Iterators {
    private Iterators() {}

    /// Takes the next element, or gives another value at the end.
    ///
    /// Source of the semantics: Python's `next` with a default.
    ///
    /// @param <T> the elements
    /// @param iterator where the element comes from
    /// @param fallback what to give if there is none
    /// @return the next element; failures other than the end pass through
    public static <T extends @Nullable Object> T nextOr(
            Iterator<? extends T> iterator, T fallback) {
        return iterator.hasNext() ? iterator.next() : fallback;
    }

    /// Returns an iterator that calls a supplier for each element, until that gives a certain
    /// value, which is not an element.
    ///
    /// Source of the semantics: Python's `iter` with a sentinel.
    ///
    /// @param <T> the elements
    /// @param supplier called once for each element, and never again after the end
    /// @param sentinel what ends the elements, as `equals` tells
    /// @return an iterator
    public static <T extends @Nullable Object> Iterator<T> until(
            Supplier<? extends T> supplier, T sentinel) {
        Objects.requireNonNull(supplier, "supplier");
        return new Supplied<>(supplier, sentinel);
    }

    /// Returns independent iterators over the elements of one.
    ///
    /// Each gives all elements; what one has taken is kept until all have. The source must not be
    /// used otherwise from now on. What it throws comes out of the iterator that asked.
    ///
    /// The iterators may be used by several threads only one after the other; see [#concurrentTee].
    ///
    /// Source of the semantics: `itertools.tee`.
    ///
    /// @param <T> the elements
    /// @param source where the elements come from
    /// @param count how many iterators to make
    /// @return the iterators. One that is asked while the source works for another, because that
    ///   asks it in turn, throws `IllegalStateException`
    /// @throws IllegalArgumentException if `count` is negative
    public static <T extends @Nullable Object> List<Iterator<T>> tee(
            Iterator<? extends T> source, int count) {
        return copies(new Tee<>(source, null), count);
    }

    /// Returns independent iterators over the elements of one, for a thread each.
    ///
    /// As [#tee], but the iterators may be used at the same time; while the source works for one of
    /// them, those that need it too wait, and block their threads. So the source must not await.
    ///
    /// Source of the semantics: `threading.concurrent_tee` of Python 3.15.
    ///
    /// @param <T> the elements
    /// @param source where the elements come from
    /// @param count how many iterators to make
    /// @return the iterators
    /// @throws IllegalArgumentException if `count` is negative
    public static <T extends @Nullable Object> List<Iterator<T>> concurrentTee(
            Iterator<? extends T> source, int count) {
        return copies(new Tee<>(source, new ReentrantLock()), count);
    }

    /// Lets several threads share the elements of one iterator, each element going to one of them.
    ///
    /// ```java
    /// Iterable<Job> jobs = Iterators.serialized(source);
    /// Runnable worker = () -> jobs.forEach(Job::run);      // on as many threads as you like
    /// ```
    ///
    /// Each iterator of the result is for one thread. While the source works for one of them, the
    /// others wait, and block their threads; so the source must not await. It must not be used
    /// otherwise from now on, except that whoever made it closes it when all are done.
    ///
    /// Source of the semantics: `threading.serialize_iterator` of Python 3.15.
    ///
    /// @param <T> the elements
    /// @param source where the elements come from
    /// @return what gives each thread an iterator. One that is asked by the source itself throws
    ///   `IllegalStateException`
    public static <T extends @Nullable Object> Iterable<T> serialized(
            Iterator<? extends T> source) {
        return new Serialized<>(source);
    }

    private static <T extends @Nullable Object> List<Iterator<T>> copies(Tee<T> tee, int count) {
        if (count < 0) {
            throw new IllegalArgumentException("cannot make " + count + " iterators");
        }
        return Stream.generate(tee::iterator).limit(count).toList();
    }
}
