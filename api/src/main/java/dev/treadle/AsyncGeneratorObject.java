package dev.treadle;

import dev.treadle.spi.Execution;
import java.lang.ref.Reference;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An asynchronous generator as its user holds it: makes the requests.
///
/// Each request keeps this reachable until it has ended, because the loop closes the body of one
/// that was collected.
class AsyncGeneratorObject<Y extends @Nullable Object> implements AsyncGenerator<Y> {
    final AsyncBody<Y> body;
    private final Awaitable<Boolean> fetching = () -> request(this::fetch);

    AsyncGeneratorObject(Generator<Y> generator) {
        this.body = new AsyncBody<>(generator);
    }

    final <T extends @Nullable Object> T request(Supplier<T> action) {
        Execution.current().requireTask();
        try {
            return action.get();
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private boolean fetch() {
        return body.hasNext(this);
    }

    @Override
    public final Awaitable<Boolean> hasNext() {
        return fetching;
    }

    @Override
    public final Y next() {
        return body.takeFetched(this);
    }

    @Override
    public final Coroutine<Y> anext() {
        return Coroutine.of(() -> request(() -> body.anext(this)));
    }

    @Override
    public final Coroutine<@Nullable Y> athrow(Throwable exception) {
        Objects.requireNonNull(exception, "exception");
        return Coroutine.<@Nullable Y>of(
                () -> this.<@Nullable Y>request(() -> body.raise(exception)));
    }

    @Override
    public final Coroutine<@Nullable Void> aclose() {
        return Coroutine.<@Nullable Void>of(() -> this.<@Nullable Void>request(body::close));
    }

    @Override
    public final Generator.State state() {
        return body.state();
    }

    @Override
    public final String toString() {
        return body.toString();
    }
}
