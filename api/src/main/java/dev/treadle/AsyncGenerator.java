package dev.treadle;

import dev.treadle.spi.Creations;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A sequence written as code that yields and awaits.
///
/// ```java
/// static AsyncGenerator<Page> pages(URI first) {
///     return AsyncGenerator.of(y -> {
///         for (URI next = first; next != null; ) {
///             Page page = fetch(next).await();
///             y.yield(page);
///             next = page.next();
///         }
///     });
/// }
///
/// AsyncGenerator<Page> pages = pages(first);
/// while (pages.hasNext().await()) {
///     show(pages.next());
/// }
/// ```
///
/// Nothing of the body runs before the first element is asked for, and it runs only while a request
/// is being awaited, in the task that awaits it. Each request is a coroutine and so can be awaited,
/// once, given a time limit, or made a task. One at a time: a request that is awaited while another
/// one is under way is refused, and spent.
///
/// One that is not run to its end is to be closed with [#aclose()], best by [AsyncScope#closing],
/// so that its `finally` blocks run and may await. The loop that ran the first request helps out:
/// it closes what was dropped, some time after it was collected, and [Async#run] closes what is
/// left at the end.
///
/// A plain [Generator] may await as well, if a coroutine drives it. What it has not got are
/// requests that are objects, a `close` that may await, and a loop that looks after it.
///
/// Unless a method says otherwise it must be called on a loop's thread.
///
/// Source of the semantics: Python's asynchronous generators (PEP 525).
///
/// @param <T> the elements
public interface AsyncGenerator<T extends @Nullable Object> extends AsyncIterator<T> {

    /// Makes an asynchronous generator.
    ///
    /// @param <T> what it yields
    /// @param body what to run, later; it may await
    /// @return a new generator
    static <T extends @Nullable Object> AsyncGenerator<T> of(Generator.Body<T> body) {
        return Creations.tell(new AsyncGeneratorObject<>(Engines.generator().newGenerator(body)));
    }

    /// Makes an asynchronous generator of what a publisher publishes, with room for as many
    /// elements as `Flow.defaultBufferSize()` says.
    ///
    /// @param <T> the elements
    /// @param publisher where they come from
    /// @return a new generator, as [#from(Flow.Publisher, int)] makes it
    static <T> AsyncGenerator<T> from(Flow.Publisher<? extends T> publisher) {
        return from(publisher, Flow.defaultBufferSize());
    }

    /// Makes an asynchronous generator of what a publisher publishes.
    ///
    /// ```java
    /// AsyncGenerator<List<ByteBuffer>> chunks = AsyncGenerator.from(response.body(), 8);
    /// AsyncScope.closing(chunks).run(_ -> {
    ///     while (chunks.hasNext().await()) {
    ///         store(chunks.next()).await();
    ///     }
    /// }).await();
    /// ```
    ///
    /// It subscribes when the first element is asked for, and cancels its subscription when it is
    /// closed, or when the task that awaits an element is cancelled. The publisher may publish on
    /// any thread; at no time is it asked for more elements than there is room for, those included
    /// that have come and have not been taken. Its failure is thrown from the request that meets
    /// it, after the elements that came before.
    ///
    /// May be called from any thread.
    ///
    /// @param <T> the elements
    /// @param publisher where they come from; it is subscribed to once
    /// @param capacity how many elements there is room for
    /// @return a new generator. A request throws `IllegalStateException` if the publisher publishes
    ///   more than it was asked for
    /// @throws IllegalArgumentException if there is room for none
    static <T> AsyncGenerator<T> from(Flow.Publisher<? extends T> publisher, int capacity) {
        return PublisherSubscriber.elements(publisher, capacity);
    }

    /// Tells whether there is another element, running the body up to its next `yield` to find out.
    ///
    /// The element, or at the end the result, is kept for [#next()]; awaiting this again before
    /// that changes nothing.
    ///
    /// @return an awaitable, which may be awaited again and again; it gives false if the body has
    ///   ended. Awaiting it throws `IllegalStateException` while another request is under way, and
    ///   what leaves the body
    @Override
    Awaitable<Boolean> hasNext();

    /// Returns the element that [#hasNext()] has waited for. Never suspends.
    ///
    /// @return the next element
    /// @throws StopAsyncIteration if `hasNext()` gave false
    /// @throws IllegalStateException if `hasNext()` was not awaited before, or while a request is
    ///   under way
    @Override
    T next();

    /// Requests the next element.
    ///
    /// Source of the semantics: Python's `agen.__anext__`.
    ///
    /// @return a coroutine that runs the body up to its next `yield` and gives what it yields.
    ///   Awaiting it throws [StopAsyncIteration] if the body ends or had ended,
    ///   `IllegalStateException` while another request is under way, and what leaves the body
    @Override
    Coroutine<T> anext();

    /// Requests that an exception be thrown into the body, at the `yield` where it waits.
    ///
    /// A checked exception is wrapped in a `CompletionException` first, because `yield` declares
    /// none.
    ///
    /// Source of the semantics: Python's `agen.athrow`.
    ///
    /// @param exception what to throw
    /// @return a coroutine that gives what the body yields next. Awaiting it throws
    ///   [StopAsyncIteration] if the body catches the exception and ends; the exception itself, and
    ///   no line of the body runs, if it has not started; whatever leaves the body, a
    ///   [GeneratorExit] included; `IllegalStateException` while another request is under way, or
    ///   if an element that `hasNext()` has waited for was not taken yet. On a generator that has
    ///   ended it gives null
    Coroutine<@Nullable T> athrow(Throwable exception);

    /// Requests that the body end: [GeneratorExit] is thrown at the `yield` where it waits, so that
    /// its `finally` blocks run. They may await.
    ///
    /// A body that has not started never will. Closing a generator that has ended does nothing.
    ///
    /// Source of the semantics: Python's `agen.aclose`.
    ///
    /// @return a coroutine that ends when the body has. Awaiting it throws `IllegalStateException`
    ///   while another request is under way, or if the body answers by yielding again; afterwards
    ///   it throws [StopAsyncIteration] as long as that body has not ended
    Coroutine<@Nullable Void> aclose();

    /// {@return where this stands} It is running while a request is under way, even if the body
    /// awaits something. May be called from any thread; then it is a snapshot.
    Generator.State state();

    /// Passes all that is left to an action.
    ///
    /// The action may await. If it throws, the generator is closed, and then the exception thrown
    /// on.
    ///
    /// @param action called with each element, in the task that awaits
    /// @return a coroutine that ends when the body does
    @Override
    default Coroutine<@Nullable Void> forEach(Consumer<? super T> action) {
        return AsyncScope.closing(this).run(_ -> AsyncIterator.super.forEach(action).await());
    }

    /// Returns a publisher of the elements, for one subscriber, which runs on the running loop.
    ///
    /// @return a publisher, as [#toPublisher(EventLoop)] makes it
    /// @throws IllegalStateException if no loop runs here
    default Flow.Publisher<T> toPublisher() {
        return toPublisher(EventLoop.running());
    }

    /// Returns a publisher of the elements, for one subscriber.
    ///
    /// ```java
    /// var request = HttpRequest.newBuilder(uri)
    ///         .POST(BodyPublishers.fromPublisher(buffers().toPublisher()))
    ///         .build();
    /// ```
    ///
    /// A task of the loop runs the body, and never further than to the next element that the
    /// subscriber has requested; the subscriber's `onNext` is called there. If the subscription is
    /// cancelled, that task is: the body leaves the `await()` or the `yield` where it waits. If the
    /// body fails, or the loop ends before it does, the subscriber is told by `onError`. So is a
    /// second subscriber at once, because a generator runs once; a publisher for several makes a
    /// generator for each:
    ///
    /// ```java
    /// Flow.Publisher<Page> published = subscriber -> pages(first).toPublisher(loop).subscribe(subscriber);
    /// ```
    ///
    /// Elements must not be null: that ends the subscription with `NullPointerException`.
    ///
    /// May be called, and subscribed to, from any thread.
    ///
    /// Source of the semantics: Reactive Streams, as `java.util.concurrent.Flow` has them.
    ///
    /// @param loop the loop whose task runs the body
    /// @return a publisher
    default Flow.Publisher<T> toPublisher(EventLoop loop) {
        return new GeneratorPublisher<>(this, loop);
    }
}
