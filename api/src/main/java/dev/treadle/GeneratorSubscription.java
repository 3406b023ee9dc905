package dev.treadle;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Hands the elements of an asynchronous generator to a subscriber, as many as it asks for.
///
/// A task of the loop does it. It awaits demand, then an element, and so on; its end is what the
/// subscriber is told at last, whatever brought it about: the body's end or failure, a bad request,
/// somebody who cancelled the task, the loop's close. A subscriber who cancels gets the task
/// cancelled, and is told nothing more.
final class GeneratorSubscription<T> implements Flow.Subscription {
    private final AsyncGenerator<T> generator;
    private final EventLoop loop;

    // Any thread, CAS; null when there is nobody to tell any more, who is then not kept alive.
    private final AtomicReference<Flow.@Nullable Subscriber<? super T>> subscriber;
    private final AtomicLong demand = new AtomicLong(); // any thread, CAS
    private volatile @Nullable IllegalArgumentException badRequest; // any thread, read by the task
    private final Wakeup requested;
    // Written by who subscribes, when the subscriber knows of this; read by any.
    private volatile @Nullable CompletableFuture<@Nullable Void> run;

    GeneratorSubscription(
            AsyncGenerator<T> generator, EventLoop loop, Flow.Subscriber<? super T> subscriber) {
        this.generator = generator;
        this.loop = loop;
        this.subscriber = new AtomicReference<>(subscriber);
        this.requested = new Wakeup(loop);
    }

    /// Tells the subscriber of this and then begins, so that no element overtakes the news.
    void open() {
        Flow.Subscriber<? super T> opened = Objects.requireNonNull(subscriber.get());
        opened.onSubscribe(this);
        if (isCancelled()) {
            return; // the body has not started, so there is nothing to close
        }
        CompletableFuture<@Nullable Void> begun;
        try {
            begun = Threads.runCoroutine(AsyncScope.closing(generator).run(_ -> feed()), loop);
        } catch (IllegalStateException e) {
            end(e);
            return;
        }
        run = begun;
        begun.whenComplete((_, failure) -> end(failure));
        if (isCancelled()) {
            begun.cancel(false);
        }
    }

    private boolean isCancelled() {
        return subscriber.get() == null;
    }

    // ---- in the task

    private void feed() {
        requested.awaitUntil(this::isWanted);
        while (generator.hasNext().await()) {
            deliver(
                    Objects.requireNonNull(
                            generator.next(),
                            "an asynchronous generator with a subscriber yielded null, which the"
                                    + " rules of Flow forbid"));
            requested.awaitUntil(this::isWanted);
        }
    }

    private boolean isWanted() {
        IllegalArgumentException refused = badRequest;
        if (refused != null) {
            throw refused;
        }
        return demand.get() > 0;
    }

    private void deliver(T element) {
        Flow.Subscriber<? super T> receiver = subscriber.get();
        if (receiver == null) {
            return; // it has cancelled, and so will this task be
        }
        demand.updateAndGet(left -> left == Long.MAX_VALUE ? left : left - 1);
        try {
            receiver.onNext(element);
        } catch (RuntimeException | Error e) {
            subscriber.set(null); // who throws has ended its subscription
            loop.callExceptionHandler(
                    EventLoop.Problem.of("subscriber " + receiver + " threw in onNext()", e));
            throw e;
        }
    }

    // ---- on any thread

    @Override
    public void request(long count) {
        if (count <= 0) {
            badRequest =
                    new IllegalArgumentException(
                            "a subscriber requested "
                                    + count
                                    + " elements: it must be one or more (rule 3.9 of Reactive"
                                    + " Streams)");
        } else {
            demand.updateAndGet(left -> left + count < 0 ? Long.MAX_VALUE : left + count);
        }
        requested.signal();
    }

    @Override
    public void cancel() {
        subscriber.set(null);
        CompletableFuture<@Nullable Void> begun = run;
        if (begun != null) {
            begun.cancel(false);
        }
    }

    private void end(@Nullable Throwable failure) {
        Flow.Subscriber<? super T> last = subscriber.getAndSet(null);
        if (last == null) {
            return;
        }
        if (failure == null) {
            last.onComplete();
        } else {
            last.onError(Stages.unwrap(failure));
        }
    }
}
