package dev.treadle.core.generator;

import dev.treadle.DuplexGenerator;
import dev.treadle.Step;
import dev.treadle.StopIteration;
import java.lang.ref.Reference;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// A generator as its user holds it: what each request makes of a step of the body.
final class GeneratorObject<
                Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
        implements DuplexGenerator<Y, S, R> {
    private static final Object NULL = new Object(); // a null that was yielded

    private final Activation activation;

    // Published by the activation's state: what hasNext() has taken and next() has not; else null.
    private @Nullable Object fetched;

    /// @param body a [dev.treadle.Generator.Body] or a [DuplexGenerator.Body]
    GeneratorObject(Object body) {
        this.activation = new Activation(body);
    }

    @Override
    public State state() {
        return activation.state();
    }

    @Override
    public Engine engine() {
        return Plans.of(activation.body()) instanceof Plan.Stackful(String reason)
                ? new Engine.Stackful(reason)
                : new Engine.Compiled();
    }

    @Override
    public Optional<Iterator<?>> delegate() {
        return Optional.ofNullable(activation.delegate());
    }

    boolean isStackful() {
        return Plans.of(activation.body()) instanceof Plan.Stackful;
    }

    /// {@return the body, if a delegation may move it on without asking this}
    @Nullable Activation joinable() {
        return fetched == null ? activation : null;
    }

    // ---- resuming

    /// Runs the body on from where it is; a closed one has just returned null.
    private @Nullable Object advance(@Nullable S sent) {
        if (sent != null && activation.isCreated()) {
            throw new IllegalArgumentException(
                    "can't send non-null value to a just-started generator: call next() first");
        }
        State before = activation.claim();
        return before == State.CLOSED ? new Returned(null) : step(before, sent, null);
    }

    private @Nullable Object step(State before, @Nullable Object sent, @Nullable Throwable raised) {
        try {
            return activation.step(this, before, sent, raised);
        } finally {
            Reference.reachabilityFence(this); // or it would be closed while it runs
        }
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // a body yields Y, which may be null
    private Y yielded(@Nullable Object result) {
        if (result instanceof Returned(Object value)) {
            throw new StopIteration(value);
        }
        return (Y) result;
    }

    /// Takes what hasNext() has fetched, or runs the body on.
    private @Nullable Object fetchedOr(@Nullable S sent) {
        Object result = fetched;
        if (result == null) {
            return advance(sent);
        }
        fetched = null;
        return result == NULL ? null : result;
    }

    private void ensureNothingFetched(String method) {
        if (fetched != null && !(fetched instanceof Returned)) {
            throw new IllegalStateException(
                    "cannot "
                            + method
                            + " while a value that hasNext() fetched waits: call next() first");
        }
    }

    @Override
    public boolean hasNext() {
        Object result = fetched;
        if (result == null) {
            result = advance(null); // at the end that is the result, for the next() to come
            fetched = result == null ? NULL : result;
        }
        return !(result instanceof Returned);
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
        return result instanceof Returned(Object end)
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
        State before = activation.claim();
        if (before == State.SUSPENDED) {
            return yielded(step(before, null, raised));
        }
        activation.release(true);
        throw Delegation.unchecked(raised);
    }

    @Override
    public void close() {
        finish();
    }

    @Override
    @SuppressWarnings("unchecked") // a body returns R
    public @Nullable R finish() {
        State before = activation.claim();
        fetched = null;
        if (before != State.SUSPENDED) {
            activation.release(true);
            return null;
        }
        try {
            return (R) activation.finish(this, null);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    // ---- push mode

    @Override
    public void forEachRemaining(Consumer<? super Y> action) {
        Objects.requireNonNull(action, "action");
        if (fetched == null && activation.isCreated()) {
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
        return activation.isCreated();
    }

    /// Runs a body that has not started, on the calling thread, with its values going to a sink;
    /// returns what it returns.
    ///
    /// @return null if the sink has failed meanwhile: the body then left because of it
    @Nullable R push(Sink<? super Y> sink) {
        State before = activation.claim();
        if (before != State.CREATED) {
            activation.release(before == State.CLOSED);
            throw new IllegalStateException("generator has already started");
        }
        boolean leaving = sink.failed(); // an outer body cleans up, with the help of this
        try {
            GeneratorBody<Y, S, R> body = GeneratorBody.of(activation.body());
            R result = body.run(new PushYielder<>(sink));
            return !leaving && sink.failed() ? null : result;
        } catch (Throwable e) {
            if (!leaving) {
                if (sink.isExit(e)) {
                    return null;
                }
                sink.overtakenBy(e);
            }
            throw Activation.leaving(e);
        } finally {
            activation.release(true);
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
        return "Generator[" + state() + "]";
    }
}
