package dev.treadle;

import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/// An asynchronous generator as a publisher, for one subscriber.
final class GeneratorPublisher<T> implements Flow.Publisher<T> {

    private final AsyncGenerator<T> generator;
    private final EventLoop loop;
    private final AtomicBoolean taken = new AtomicBoolean(); // any thread, CAS

    GeneratorPublisher(AsyncGenerator<T> generator, EventLoop loop) {
        this.generator = generator;
        this.loop = Objects.requireNonNull(loop, "loop");
    }

    @Override
    public void subscribe(Flow.Subscriber<? super T> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        if (taken.compareAndSet(false, true)) {
            new GeneratorSubscription<>(generator, loop, subscriber).open();
        } else {
            subscriber.onSubscribe(NoSubscription.INSTANCE);
            subscriber.onError(
                    new IllegalStateException(
                            "an asynchronous generator runs once, and this one has a subscriber:"
                                    + " publish a new one for each"));
        }
    }
}
