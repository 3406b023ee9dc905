package dev.treadle;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What stands behind an asynchronous generator: its body, and the rule that one request runs at a
/// time.
///
/// The body is that of a plain generator, which may await because a task drives it. This is apart
/// from the object that the user holds ([AsyncGeneratorObject]), so that it can still be closed
/// when that was dropped.
///
/// @param <Y> what it yields
final class AsyncBody<Y extends @Nullable Object> {
    private static final Cleaner CLEANER =
            Cleaner.create(Thread.ofVirtual().name("treadle-async-generators").factory());
    private static final VarHandle RUNNING;

    static {
        try {
            RUNNING =
                    MethodHandles.lookup().findVarHandle(AsyncBody.class, "running", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Generator<Y> generator;

    // false -> true  by the task that awaits a request
    // true -> false  by the same, when the request has ended
    private volatile boolean running; // any thread, CAS
    private boolean closing; // published by running: aclose() was called, or an exit came out
    private boolean fetched; // published by running: hasNext() has taken what next() has not
    private @Nullable AsyncGenerators owner; // published by running: set by the first request
    private long number; // published by running: the owner's name for this
    private Cleaner.@Nullable Cleanable cleanable; // published by running

    AsyncBody(Generator<Y> generator) {
        this.generator = generator;
    }

    // ---- requests

    boolean hasNext(Object holder) {
        return request(
                "hasNext()",
                holder,
                () -> {
                    boolean more = generator.hasNext();
                    fetched = true;
                    return more;
                });
    }

    Y takeFetched(Object holder) {
        return request(
                "next()",
                holder,
                () -> {
                    if (!fetched) {
                        throw new IllegalStateException(
                                "next() has nothing to give: await hasNext() before, or await anext()"
                                        + " instead");
                    }
                    return taking(generator::next);
                });
    }

    Y anext(Object holder) {
        return request("anext()", holder, () -> taking(generator::next));
    }

    /// Resumes a generator that is sent values.
    <T extends @Nullable Object> T send(
            String request, Object holder, @Nullable Object value, Supplier<T> resumption) {
        return request(
                request,
                holder,
                () -> {
                    if (value != null) {
                        if (generator.state() == Generator.State.CREATED) {
                            throw new IllegalArgumentException(
                                    "can't send non-null value to a just-started async generator:"
                                            + " await anext() first");
                        }
                        ensureNothingFetched(request);
                    }
                    return taking(resumption);
                });
    }

    @Nullable Y raise(Throwable exception) {
        if (hasEnded()) {
            return null;
        }
        return request(
                "athrow()",
                null,
                () -> {
                    ensureNotClosing();
                    ensureNothingFetched("athrow()");
                    return taking(() -> generator.raise(exception));
                });
    }

    @Nullable Void close() {
        if (hasEnded()) {
            return null;
        }
        return this.<@Nullable Void>request(
                "aclose()",
                null,
                () -> {
                    ensureNotClosing();
                    closing = true;
                    return this.<@Nullable Void>taking(() -> {
                        generator.close();
                        return null;
                    });
                });
    }

    private <T extends @Nullable Object> T taking(Supplier<T> resumption) {
        fetched = false;
        return resumption.get();
    }

    private void ensureNotClosing() {
        if (closing) {
            throw new StopAsyncIteration();
        }
    }

    private void ensureNothingFetched(String request) {
        if (fetched && generator.state() != Generator.State.CLOSED) {
            throw new IllegalStateException(
                    "cannot "
                            + request
                            + " while an element that hasNext() has waited for is there: call next()"
                            + " first");
        }
    }

    /// Runs one request.
    ///
    /// @param holder the user's object, which the loop is to watch from the first request on; null
    ///   if the request can't start the body
    private <T extends @Nullable Object> T request(
            String name, @Nullable Object holder, Supplier<T> action) {
        if (!RUNNING.compareAndSet(this, false, true)) {
            throw new IllegalStateException(
                    name
                            + ": asynchronous generator is already running: await its requests one after"
                            + " the other");
        }
        try {
            if (owner == null && holder != null) {
                adopt(holder);
            }
            return action.get();
        } catch (StopIteration end) {
            throw new StopAsyncIteration(end.value());
        } catch (StopAsyncIteration e) {
            throw generator.state() == Generator.State.CLOSED
                    ? new IllegalStateException("async generator raised StopAsyncIteration", e)
                    : e; // our own
        } catch (GeneratorExit e) {
            closing = true;
            throw e;
        } finally {
            if (generator.state() == Generator.State.CLOSED) {
                leave();
            }
            running = false;
        }
    }

    // ---- the loop that looks after it

    private void adopt(Object holder) {
        AsyncGenerators adopter = EventLoop.running().asyncGenerators();
        owner = adopter;
        number = adopter.add(this);
        cleanable = CLEANER.register(holder, this::dropped);
    }

    private void leave() {
        AsyncGenerators left = owner;
        if (left != null) {
            left.remove(number);
        }
        Cleaner.Cleanable watch = cleanable;
        if (watch != null) {
            cleanable = null;
            watch.clean(); // forgets the holder; there is nothing left to close
        }
    }

    /// Called on the cleaner's thread when the user's object was collected.
    private void dropped() {
        AsyncGenerators watching = owner;
        if (watching == null || hasEnded()) {
            return;
        }
        if (closing) {
            watching.remove(number); // it has refused once, and there is no second request to close
        } else {
            watching.dropped(number, this);
        }
    }

    // ---- telling

    boolean hasEnded() {
        return generator.state() == Generator.State.CLOSED;
    }

    Generator.State state() {
        return running ? Generator.State.RUNNING : generator.state();
    }

    @Override
    public String toString() {
        return "AsyncGenerator[" + state() + "]";
    }
}
