package dev.treadle.core.generator;

import dev.treadle.Generator.State;
import dev.treadle.GeneratorExit;
import dev.treadle.StopIteration;
import dev.treadle.spi.Resumable;
import java.lang.ref.Cleaner.Cleanable;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// One run of a body: where it stands.
///
/// It is [claimed][Claimable] before the body is touched, so that a second driver, on whatever
/// thread, is refused and never gets near it.
///
/// **Chains.** A body that delegates to another one of ours does not step it. The two are linked,
/// and whoever drives the first moves the last one on directly: however deep the delegation, a step
/// costs the same. All but the first are then *held*; they count as running whenever the first
/// does. Claiming the first claims the chain, and whoever has claimed it may change the links.
/// Someone who drives a held one by itself claims the chain, cuts it off, and what waited for it
/// from then on steps it as it would any foreign generator.
///
/// It does not reference the generator that it belongs to, so that one can be collected while this
/// stands.
final class Activation extends Claimable {
    private final Object body; // as the user gave it

    // Published by the state of the chain's first:
    private @Nullable Resumable code;
    private @Nullable Delegation waiting; // what the body delegates to
    // Of the first of a chain: the last, which is moved on; null where nobody delegates.
    private @Nullable Activation last;
    private int deaf; // of the first: how many links of the chain pass nothing on that is sent
    private boolean isWatchWanted; // whether the body would notice being closed
    private @Nullable Cleanable watch; // what sees to it when the generator is dropped

    // Who delegates to this; null if not held. Written by the driver of the chain, read by any.
    private volatile @Nullable Activation outer;

    Activation(Object body) {
        this.body = body;
    }

    Object body() {
        return body;
    }

    // ---- claiming

    /// Gives up a claimed body that does not run any more.
    void release(boolean closed) {
        if (closed) {
            code = null; // with it goes what the body's locals held
            waiting = null;
            last = null;
        }
        Cleanable ended = closed ? watch : null;
        giveUp(closed);
        if (ended != null) {
            ended.clean();
        }
    }

    @Override
    Activation first() {
        Activation first = this;
        for (Activation next = outer; next != null; next = next.outer) {
            first = next;
        }
        return first;
    }

    @Override
    boolean cutOff() {
        Activation first = first();
        if (first.isBusy()) {
            throw executing();
        }
        if (!first.take(SUSPENDED)) {
            return false;
        }
        Activation before = outer;
        if (before == null || first() != first) { // it has left that chain before we had it
            first.release(false);
            return false;
        }
        Activation end = Objects.requireNonNull(first.last);
        last = end == this && waiting == null ? null : end;
        deaf = 0;
        for (Activation each = end; each != this; each = Objects.requireNonNull(each.outer)) {
            deaf += deafness(Objects.requireNonNull(each.outer));
        }
        first.deaf -= deaf + deafness(before);
        first.last = before;
        outer = null;
        wantWatch();
        takeBack();
        first.release(false);
        return true;
    }

    private static int deafness(Activation delegator) {
        return Objects.requireNonNull(delegator.waiting).isDuplex() ? 0 : 1;
    }

    // ---- moving on

    /// Moves a claimed body on to its next `yield` or its end, and releases it.
    ///
    /// @param generator whom it belongs to: it is looked after from now on, if need be
    /// @param before what claiming it returned
    /// @return what it yields, or a [Returned]
    @Nullable Object step(
            @Nullable Object generator,
            State before,
            @Nullable Object sent,
            @Nullable Throwable raised) {
        boolean closed = true;
        try {
            if (before == State.CREATED) {
                start();
            }
            Object result =
                    last == null
                            ? Objects.requireNonNull(code).resume(sent, raised)
                            : drive(sent, raised);
            if (result instanceof Delegation delegation) {
                result = delegate(delegation);
            }
            closed = result instanceof Returned;
            return result;
        } catch (Throwable e) {
            throw leaving(e);
        } finally {
            if (isWatchWanted && watch == null && !closed && generator != null) {
                watch = Dropped.watch(generator, this);
            }
            release(closed);
        }
    }

    /// Starts a claimed body; it is closed, and given up, if that fails.
    private void startOrClose() {
        boolean started = false;
        try {
            start();
            started = true;
        } finally {
            if (!started) {
                release(true);
            }
        }
    }

    private void start() {
        switch (Plans.of(body)) {
            case Plan.Compiled compiled -> {
                code = compiled.start(body);
                own();
                if (compiled.guarded()) {
                    wantWatch();
                }
            }
            case Plan.Stackful _ -> {
                code = new StackfulFrame<>(GeneratorBody.of(body));
                wantWatch(); // for its thread
            }
        }
    }

    /// Turns what left the body into what the driver is to see.
    static RuntimeException leaving(Throwable e) {
        return switch (e) {
            case StopIteration stop ->
                    new IllegalStateException("generator raised StopIteration", stop);
            case RuntimeException unchecked -> unchecked;
            case Error error -> throw error;
            default -> new CompletionException(e);
        };
    }

    // ---- delegating

    /// {@return what the body waits for in `yieldFrom`, or null} From any thread: a snapshot.
    @Nullable Iterator<?> delegate() {
        if (state() != State.SUSPENDED) {
            return null;
        }
        Delegation delegation = waiting;
        if (delegation == null && code instanceof StackfulFrame<?, ?> frame) {
            delegation = frame.driven();
        }
        return delegation == null ? null : delegation.inner();
    }

    /// Begins the delegation of a body that nobody delegates from so far.
    private @Nullable Object delegate(Delegation delegation) throws Throwable {
        wantWatch();
        waiting = delegation;
        last = this;
        return run(null, null);
    }

    /// Moves the last of the chain on.
    private @Nullable Object drive(@Nullable Object sent, @Nullable Throwable raised)
            throws Throwable {
        Throwable thrown = raised instanceof GeneratorExit exit ? closeInner(exit) : raised;
        return run(deaf == 0 ? sent : null, thrown);
    }

    /// Moves the last of the chain on, and those before it as each of them ends, until one yields
    /// or this ends.
    private @Nullable Object run(@Nullable Object sent, @Nullable Throwable raised)
            throws Throwable {
        Activation current = Objects.requireNonNullElse(last, this);
        Object value = sent;
        Throwable thrown = raised;
        while (true) {
            Delegation delegation = current.waiting;
            Object result;
            boolean ended;
            try {
                if (delegation != null && join(current)) {
                    current = Objects.requireNonNull(last);
                    delegation = current.waiting;
                    value = deaf == 0 ? value : null;
                }
                result =
                        delegation == null
                                ? Objects.requireNonNull(current.code).resume(value, thrown)
                                : delegation.resume(value, thrown);
                ended = result instanceof Returned;
                thrown = null;
            } catch (Throwable e) {
                result = null;
                ended = true;
                thrown = e;
            }
            value = result instanceof Returned(Object end) ? end : null;
            if (delegation != null && ended) {
                current.waiting = null; // what came of it surfaces in the body
            } else if (delegation == null && result instanceof Delegation begun) {
                current.waiting = begun;
            } else if (!ended) {
                last = current == this && current.waiting == null ? null : current;
                return result;
            } else if (current == this) {
                if (thrown != null) {
                    throw thrown;
                }
                return result;
            } else {
                thrown = thrown == null ? null : asLeft(thrown);
                Activation delegator = Objects.requireNonNull(current.outer);
                if (deafness(delegator) > 0) {
                    value = null;
                }
                leave(current, delegator);
                current.release(true);
                delegator.waiting = null;
                current = delegator;
            }
        }
    }

    private static Throwable asLeft(Throwable thrown) {
        try {
            return leaving(thrown);
        } catch (Error e) {
            return e;
        }
    }

    /// Links a body to what it delegates to, if that is a generator of ours that nobody drives.
    private boolean join(Activation delegator) {
        Delegation delegation = Objects.requireNonNull(delegator.waiting);
        GeneratorObject<?, ?, ?> generator = delegation.generator();
        Activation inner = generator == null ? null : generator.joinable();
        if (inner == null) {
            return false;
        }
        boolean fresh = inner.take(CREATED);
        if (!fresh && !inner.take(SUSPENDED)) {
            return false;
        }
        if (fresh) {
            inner.startOrClose();
        }
        inner.outer = delegator;
        inner.hold();
        last = Objects.requireNonNullElse(inner.last, inner);
        inner.last = null;
        deaf += inner.deaf + deafness(delegator);
        inner.deaf = 0;
        return true;
    }

    /// Takes the last one out of the chain.
    private void leave(Activation inner, Activation delegator) {
        deaf -= deafness(delegator);
        last = delegator;
        inner.takeBack(); // before it is seen to be held by nobody
        inner.outer = null;
    }

    /// Closes what this delegates to, the last of the chain first; returns what is then to be
    /// thrown into this.
    private Throwable closeInner(GeneratorExit exit) {
        Throwable thrown = null; // what came out instead of an end
        while (true) {
            Activation current = Objects.requireNonNull(last);
            Delegation delegation = current.waiting;
            if (delegation != null) {
                try {
                    delegation.close();
                } catch (Throwable e) {
                    thrown = e;
                }
                current.waiting = null;
            }
            if (current == this) {
                last = null;
                return thrown == null ? exit : thrown;
            }
            Activation delegator = Objects.requireNonNull(current.outer);
            leave(current, delegator);
            try {
                current.finish(null, thrown);
                thrown = null;
            } catch (RuntimeException | Error e) {
                thrown = e;
            }
            delegator.waiting = null;
        }
    }

    // ---- ending

    /// Closes a claimed body that waits at a `yield`, and releases it.
    ///
    /// @param generator whom it belongs to
    /// @param instead what is thrown in, if not a [GeneratorExit]
    /// @return what it returned in answer
    @Nullable Object finish(@Nullable Object generator, @Nullable Throwable instead) {
        GeneratorExit exit = new GeneratorExit();
        Object result;
        try {
            result = step(generator, State.SUSPENDED, null, instead == null ? exit : instead);
        } catch (GeneratorExit e) {
            return null;
        } catch (RuntimeException | Error e) {
            e.addSuppressed(exit); // it was on its way out because of that
            throw e;
        }
        if (result instanceof Returned(Object value)) {
            return value;
        }
        throw ignoredExit();
    }

    static IllegalStateException ignoredExit() {
        return new IllegalStateException("generator ignored GeneratorExit");
    }

    private void wantWatch() {
        isWatchWanted = true;
    }
}
