package dev.treadle.core.generator;

import dev.treadle.DuplexGenerator;
import dev.treadle.GeneratorExit;
import dev.treadle.Step;
import dev.treadle.StopIteration;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// A generator: who may resume it when, and what comes of it.
///
/// The state is claimed before the body is touched, so that a second driver, on whatever thread, is
/// refused and never gets near it.
final class GeneratorObject<
                Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
        implements DuplexGenerator<Y, S, R> {
    private static final VarHandle STATE;

    static {
        try {
            STATE =
                    MethodHandles.lookup()
                            .findVarHandle(GeneratorObject.class, "state", State.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final GeneratorBody<Y, S, R> body;

    // CREATED   -> RUNNING    by the driver that starts it
    // SUSPENDED -> RUNNING    by the driver that resumes it
    // RUNNING   -> SUSPENDED  by the same driver, when the body yields
    // RUNNING   -> CLOSED     by the same driver, when the body ends
    private volatile State state = State.CREATED; // any thread, CAS
    private @Nullable Frame frame; // published by state: where the body stands, once it has started
    // Published by state: whether hasNext() has taken a value that next() has not.
    private boolean hasFetched;
    private @Nullable Object fetched; // published by state

    GeneratorObject(GeneratorBody<Y, S, R> body) {
        this.body = body;
    }

    // ---- claiming

    /// Claims the body for the calling driver; returns the state it was in. A generator that is
    /// closed stays so.
    private State claim() {
        State before = state;
        if (before == State.CLOSED) {
            return before;
        }
        if (before == State.RUNNING || !STATE.compareAndSet(this, before, State.RUNNING)) {
            throw new IllegalStateException("generator already executing");
        }
        return before;
    }

    private void release(State next) {
        state = next;
    }

    @Override
    public State state() {
        return state;
    }

    // ---- resuming

    /// Resumes a claimed body, and releases it. Returns what it yields, or a [Frame.Returned].
    private @Nullable Object resume(@Nullable Object sent, @Nullable Throwable raised) {
        State next = State.CLOSED;
        try {
            Frame current = frame;
            if (current == null) {
                current = StackfulFrame.of(body, this);
                frame = current;
            }
            Object result = current.resume(sent, raised);
            if (!(result instanceof Frame.Returned)) {
                next = State.SUSPENDED;
            }
            return result;
        } catch (Throwable e) {
            throw leaving(e);
        } finally {
            if (next == State.CLOSED) {
                frame = null; // with it goes what the body's locals held
            }
            release(next);
        }
    }

    /// Turns what left the body into what the driver is to see.
    private static RuntimeException leaving(Throwable e) {
        return switch (e) {
            case StopIteration stop ->
                    new IllegalStateException("generator raised StopIteration", stop);
            case RuntimeException unchecked -> unchecked;
            case Error error -> throw error;
            default -> new CompletionException(e);
        };
    }

    /// Runs the body on from where it is; a closed one has just returned null.
    private @Nullable Object advance(@Nullable S sent) {
        if (sent != null && state == State.CREATED) {
            throw new IllegalArgumentException(
                    "can't send non-null value to a just-started generator: call next() first");
        }
        return claim() == State.CLOSED ? new Frame.Returned(null) : resume(sent, null);
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // a body yields Y, which may be null
    private Y yielded(@Nullable Object result) {
        if (result instanceof Frame.Returned(Object value)) {
            throw new StopIteration(value);
        }
        return (Y) result;
    }

    /// Takes what hasNext() has fetched, or runs the body on.
    private @Nullable Object fetchedOr(@Nullable S sent) {
        if (!hasFetched) {
            return advance(sent);
        }
        Object result = fetched;
        fetched = null;
        hasFetched = false;
        return result;
    }

    private void ensureNothingFetched(String method) {
        if (hasFetched && !(fetched instanceof Frame.Returned)) {
            throw new IllegalStateException(
                    "cannot "
                            + method
                            + " while a value that hasNext() fetched waits: call next() first");
        }
    }

    @Override
    public boolean hasNext() {
        if (!hasFetched) {
            fetched = advance(null); // at the end that is the result, for the next() to come
            hasFetched = true;
        }
        return !(fetched instanceof Frame.Returned);
    }

    @Override
    public Y next() {
        return yielded(fetchedOr(null));
    }

    @Override
    public Y send(@Nullable S value) {
        if (value != null) {
            ensureNothingFetched("send");
        }
        return yielded(fetchedOr(value));
    }

    @Override
    @SuppressWarnings({
        "unchecked",
        "NullAway"
    }) // a body yields Y, which may be null, and returns R
    public Step<Y, R> step(@Nullable S value) {
        if (value != null) {
            ensureNothingFetched("step");
        }
        Object result = fetchedOr(value);
        return result instanceof Frame.Returned(Object end)
                ? new Step.Returned<>((R) end)
                : new Step.Yielded<>((Y) result);
    }

    @Override
    public Y raise(Throwable exception) {
        Objects.requireNonNull(exception, "exception");
        ensureNothingFetched("raise");
        Throwable raised =
                exception instanceof RuntimeException || exception instanceof Error
                        ? exception
                        : new CompletionException(exception);
        State before = claim();
        if (before == State.SUSPENDED) {
            return yielded(resume(null, raised));
        }
        release(State.CLOSED);
        if (raised instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) raised;
    }

    @Override
    public void close() {
        finish();
    }

    @Override
    @SuppressWarnings("unchecked") // a body returns R
    public @Nullable R finish() {
        State before = claim();
        hasFetched = false;
        fetched = null;
        if (before != State.SUSPENDED) {
            release(State.CLOSED);
            return null;
        }
        GeneratorExit exit = new GeneratorExit();
        Object result;
        try {
            result = resume(null, exit);
        } catch (GeneratorExit e) {
            return null;
        } catch (RuntimeException | Error e) {
            e.addSuppressed(exit); // it was on its way out because of that
            throw e;
        }
        if (result instanceof Frame.Returned(Object value)) {
            return (R) value;
        }
        throw ignoredExit();
    }

    static IllegalStateException ignoredExit() {
        return new IllegalStateException("generator ignored GeneratorExit");
    }

    // ---- push mode

    @Override
    public void forEachRemaining(Consumer<? super Y> action) {
        Objects.requireNonNull(action, "action");
        if (!hasFetched && state == State.CREATED) {
            Sink<Y> sink = new Sink<>(action);
            push(sink);
            sink.rethrow();
            return;
        }
        while (hasNext()) {
            Y value = next();
            try {
                action.accept(value);
            } catch (Throwable e) {
                closeAfter(e);
                throw e;
            }
        }
    }

    private void closeAfter(Throwable failure) {
        try {
            close();
        } catch (RuntimeException | Error e) {
            if (e != failure) {
                e.addSuppressed(failure);
            }
            throw e;
        }
    }

    /// Whether the body could be run with [#push].
    boolean isPushable() {
        return state == State.CREATED;
    }

    /// Runs a body that has not started, on the calling thread, with its values going to a sink;
    /// returns what it returns.
    ///
    /// @return null if the sink has failed: the body then left because of it
    @Nullable R push(Sink<? super Y> sink) {
        if (claim() != State.CREATED) {
            throw new IllegalStateException("generator has already started");
        }
        try {
            R result = body.run(new PushYielder<>(sink));
            return sink.failed() ? null : result;
        } catch (Throwable e) {
            if (sink.isExit(e)) {
                return null;
            }
            sink.overtakenBy(e);
            throw leaving(e);
        } finally {
            release(State.CLOSED);
        }
    }

    @Override
    public Stream<Y> stream() {
        return StreamSupport.stream(new Remaining(), false).onClose(this::close);
    }

    /// What is left of this generator, for a stream.
    private final class Remaining extends Spliterators.AbstractSpliterator<Y> {
        Remaining() {
            super(Long.MAX_VALUE, Spliterator.ORDERED);
        }

        @Override
        public boolean tryAdvance(Consumer<? super Y> action) {
            if (!hasNext()) {
                return false;
            }
            action.accept(next());
            return true;
        }

        @Override
        public void forEachRemaining(Consumer<? super Y> action) {
            GeneratorObject.this.forEachRemaining(action);
        }
    }

    @Override
    public String toString() {
        return "Generator[" + state + "]";
    }
}
