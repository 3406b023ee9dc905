package dev.treadle;

import org.jspecify.annotations.Nullable;

/// An asynchronous generator that is sent values, as its user holds it.
final class DuplexAsyncGeneratorObject<
                Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
        extends AsyncGeneratorObject<Y> implements DuplexAsyncGenerator<Y, S, R> {
    private final DuplexGenerator<Y, S, R> generator;

    DuplexAsyncGeneratorObject(DuplexGenerator<Y, S, R> generator) {
        super(generator);
        this.generator = generator;
    }

    @Override
    public Coroutine<Y> asend(@Nullable S value) {
        return Coroutine.of(() ->
                request(() -> body.send("asend()", this, value, () -> generator.send(value))));
    }

    @Override
    public Coroutine<Step<Y, R>> astep(@Nullable S value) {
        return Coroutine.of(() ->
                request(() -> body.send("astep()", this, value, () -> generator.step(value))));
    }
}
