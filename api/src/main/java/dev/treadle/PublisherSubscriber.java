package dev.treadle;

import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Takes what a publisher publishes, on whatever thread, and hands it to the body of an
/// asynchronous generator.
///
/// The publisher's signals go through a queue to the task that drives the generator, and only that
/// asks for more and cancels: so these calls come one after the other, as they must. Never more is
/// asked for than there is room.
final class PublisherSubscriber<T> implements Flow.Subscriber<T> {

    /// What else than an element comes out of a publisher.
    private sealed interface Signal {
        record Subscribed(Flow.Subscription subscription) implements Signal {}

        record Failed(Throwable failure) implements Signal {}

        record Completed() implements Signal {}

        record TooMany() implements Signal {}
    }

    private final int capacity;
    private final int batch; // how many are asked for at once, so that it is not done for each
    private final Queue<Object> arrived = new ConcurrentLinkedQueue<>(); // elements and signals

    // null -> subscription   by the publisher, the first time
    // any  -> NoSubscription by the body, when the publisher or it has ended
    private final AtomicReference<Flow.@Nullable Subscription> subscription =
            new AtomicReference<>(); // any thread, CAS
    private final AtomicInteger room; // any thread; below zero if the publisher sends too many
    private final Wakeup arrival;

    private @Nullable T current; // the body's; what it is about to yield
    private int taken; // the body's; elements that were yielded since more was asked for

    PublisherSubscriber(EventLoop loop, int capacity) {
        this.arrival = new Wakeup(loop);
        this.capacity = capacity;
        this.batch = (capacity + 1) / 2;
        this.room = new AtomicInteger(capacity);
    }

    static <T> AsyncGenerator<T> elements(Flow.Publisher<? extends T> publisher, int capacity) {
        Objects.requireNonNull(publisher, "publisher");
        if (capacity < 1) {
            throw new IllegalArgumentException(
                    "room for " + capacity + " elements: it must be one or more");
        }
        return AsyncGenerator.of(y -> {
            PublisherSubscriber<T> source =
                    new PublisherSubscriber<>(EventLoop.running(), capacity);
            try {
                publisher.subscribe(source);
                while (source.hasNext()) {
                    y.yield(source.next());
                }
            } finally {
                source.cancel();
            }
        });
    }

    // ---- called by the publisher

    @Override
    public void onSubscribe(Flow.Subscription offered) {
        Objects.requireNonNull(offered, "subscription");
        if (subscription.compareAndSet(null, offered)) {
            arrive(new Signal.Subscribed(offered));
        } else {
            offered.cancel();
        }
    }

    @Override
    public void onNext(T element) {
        Objects.requireNonNull(element, "element");
        if (room.getAndDecrement() > 0) {
            arrive(element);
        } else {
            arrive(new Signal.TooMany());
        }
    }

    @Override
    public void onError(Throwable failure) {
        arrive(new Signal.Failed(Objects.requireNonNull(failure, "failure")));
    }

    @Override
    public void onComplete() {
        arrive(new Signal.Completed());
    }

    private void arrive(Object what) {
        arrived.add(what);
        arrival.signal();
    }

    // ---- called by the body

    private boolean hasNext() throws Exception {
        makeRoom();
        while (true) {
            switch (await()) {
                case Signal.Subscribed(var begun) -> begun.request(capacity);
                case Signal.Failed(var failure) -> {
                    ended();
                    throw Rethrow.asException(failure);
                }
                case Signal.Completed() -> {
                    ended();
                    return false;
                }
                case Signal.TooMany() ->
                        throw new IllegalStateException(
                                "the publisher sent more than the "
                                        + capacity
                                        + " elements that it was asked for");
                case Object element -> {
                    @SuppressWarnings("unchecked") // all that is no signal came by onNext
                    T next = (T) element;
                    current = next;
                    return true;
                }
            }
        }
    }

    /// Asks for more when enough of what has come has been dealt with.
    private void makeRoom() {
        if (current == null) {
            return;
        }
        current = null;
        if (++taken == batch) {
            taken = 0;
            room.addAndGet(batch);
            Objects.requireNonNull(subscription.get()).request(batch);
        }
    }

    private Object await() {
        arrival.awaitUntil(() -> !arrived.isEmpty());
        return arrived.remove(); // only the body takes out
    }

    private T next() {
        return Objects.requireNonNull(current);
    }

    /// The publisher has ended the subscription, and is not to be told to.
    private void ended() {
        subscription.set(NoSubscription.INSTANCE);
    }

    private void cancel() {
        Flow.Subscription begun = subscription.getAndSet(NoSubscription.INSTANCE);
        if (begun != null) {
            begun.cancel();
        }
    }
}
