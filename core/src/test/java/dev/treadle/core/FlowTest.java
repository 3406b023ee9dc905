package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.AsyncGenerator;
import dev.treadle.EventLoop.Problem;
import dev.treadle.Promise;
import dev.treadle.Task;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@NullUnmarked
class FlowTest extends OnVirtualLoop {

    /// A publisher that is driven by hand, and notes what it is asked for.
    private final class ByHand implements Flow.Publisher<String>, Flow.Subscription {
        Flow.Subscriber<? super String> subscriber;

        @Override
        public void subscribe(Flow.Subscriber<? super String> newSubscriber) {
            say("subscribed");
            subscriber = newSubscriber;
            newSubscriber.onSubscribe(this);
        }

        @Override
        public void request(long count) {
            say("requests " + count);
        }

        @Override
        public void cancel() {
            say("cancels");
        }
    }

    @Nested
    class OfAPublisher {
        private final ByHand publisher = new ByHand();
        private final AsyncGenerator<String> generator = AsyncGenerator.from(publisher, 4);

        @Test
        void subscribesWhenTheFirstElementIsAskedFor() {
            run(() -> {
                assertThat(log).isEmpty();

                Task<String> first = Async.createTask(generator.anext());
                yieldNow();

                assertThat(log).containsExactly("subscribed", "requests 4");
                publisher.subscriber.onNext("a");
                assertThat(first.await()).isEqualTo("a");
                generator.aclose().await();
            });
        }

        @Test
        void asksForMoreWhenHalfOfWhatItHasRoomForWasDealtWith() {
            run(() -> {
                Task<List<String>> all = Async.createTask(generator.toList());
                yieldNow();
                log.clear();
                for (String element : List.of("a", "b", "c", "d")) {
                    publisher.subscriber.onNext(element);
                }

                yieldTimes(2);

                assertThat(log).containsExactly("requests 2", "requests 2");
                publisher.subscriber.onComplete();
                assertThat(all.await()).containsExactly("a", "b", "c", "d");
            });
        }

        @Test
        void doesNotAskForMoreWhileNobodyTakesWhatIsThere() {
            run(() -> {
                Task<Boolean> more = Async.createTask(() -> generator.hasNext().await());
                yieldNow();
                for (String element : List.of("a", "b", "c", "d")) {
                    publisher.subscriber.onNext(element);
                }
                assertThat(more.await()).isTrue();
                assertThat(generator.next()).isEqualTo("a");
                assertThat(generator.anext().await()).isEqualTo("b");

                yieldTimes(3);

                assertThat(log).containsExactly("subscribed", "requests 4");
                generator.aclose().await();
            });
        }

        @Test
        void throwsTheFailureAfterTheElementsThatCameBefore() {
            IllegalStateException failure = new IllegalStateException("broken");
            run(() -> {
                Task<Boolean> more = Async.createTask(() -> generator.hasNext().await());
                yieldNow();
                publisher.subscriber.onNext("a");
                publisher.subscriber.onError(failure);

                assertThat(more.await()).isTrue();
                assertThat(generator.next()).isEqualTo("a");
                assertThat(failureOf(generator.hasNext())).isSameAs(failure);
                assertThat(log).doesNotContain("cancels");
            });
        }

        @Test
        void wrapsACheckedFailure() {
            IOException failure = new IOException("broken");
            run(() -> {
                Task<Boolean> more = Async.createTask(() -> generator.hasNext().await());
                yieldNow();
                publisher.subscriber.onError(failure);

                assertThat(failureOf(more))
                        .isInstanceOf(CompletionException.class)
                        .hasCause(failure);
            });
        }

        @Test
        void cancelsTheSubscriptionWhenItIsClosed() {
            run(() -> {
                Task<Boolean> more = Async.createTask(() -> generator.hasNext().await());
                yieldNow();
                publisher.subscriber.onNext("a");
                more.await();

                generator.aclose().await();

                assertThat(log).endsWith("cancels").containsOnlyOnce("cancels");
            });
        }

        @Test
        void cancelsTheSubscriptionWhenTheTaskThatAwaitsIsCancelled() {
            run(() -> {
                Task<Boolean> more = Async.createTask(() -> generator.hasNext().await());
                yieldNow();

                more.cancel();
                Async.wait(List.of(more)).await();

                assertThat(more.isCancelled()).isTrue();
                assertThat(log).containsExactly("subscribed", "requests 4", "cancels");
            });
        }

        @Test
        void cancelsASubscriptionThatComesWhenItHasEnded() {
            Flow.Subscriber<?>[] late = {null};
            AsyncGenerator<String> impatient = AsyncGenerator.from(s -> late[0] = s, 4);
            run(() -> {
                Task<Boolean> more = Async.createTask(() -> impatient.hasNext().await());
                yieldNow();
                more.cancel();
                Async.wait(List.of(more)).await();

                late[0].onSubscribe(publisher);

                assertThat(log).containsExactly("cancels");
            });
        }

        @Test
        void isRefusedMoreThanItHasAskedFor() {
            run(() -> {
                Task<List<String>> all = Async.createTask(generator.toList());
                yieldNow();
                for (int i = 0; i < 5; i++) {
                    publisher.subscriber.onNext("x");
                }

                assertThat(failureOf(all))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("more than the 4 elements");
                assertThat(log).endsWith("cancels");
            });
        }

        @Test
        void needsRoom() {
            assertThatThrownBy(() -> AsyncGenerator.from(publisher, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("one or more");
        }

        @Test
        void takesWhatOtherThreadsPublishInOrder() {
            List<Integer> published = IntStream.range(0, 20_000).boxed().toList();
            SubmissionPublisher<Integer> source = new SubmissionPublisher<>();
            AsyncGenerator<Integer> numbers = AsyncGenerator.from(source, 16);

            List<Integer> taken =
                    run(() -> {
                        Task<List<Integer>> consumer = Async.createTask(numbers.toList());
                        yieldNow();
                        Foreign<?> producer =
                                onForeignThread(() -> {
                                    published.forEach(source::submit);
                                    source.close();
                                    return published.size();
                                });
                        try (var _ = time.expectForeign()) { // those of the publisher's own pool
                            return consumer.await();
                        } finally {
                            producer.join();
                        }
                    });

            assertThat(taken).isEqualTo(published);
        }
    }

    /// A subscriber that says what it is told, and asks for more when the test does.
    private class Saying implements Flow.Subscriber<String> {
        Flow.Subscription subscription;
        Throwable failure;
        private final long atOnce;

        Saying(long atOnce) {
            this.atOnce = atOnce;
        }

        @Override
        public void onSubscribe(Flow.Subscription newSubscription) {
            subscription = newSubscription;
            if (atOnce > 0) {
                newSubscription.request(atOnce);
            }
        }

        @Override
        public void onNext(String element) {
            say(element);
        }

        @Override
        public void onError(Throwable newFailure) {
            say("fails");
            failure = newFailure;
        }

        @Override
        public void onComplete() {
            say("ends");
        }
    }

    @Nested
    class ToAPublisher {
        private final Promise<Void> ready = loop.createPromise();
        private final AsyncGenerator<String> generator =
                AsyncGenerator.of(y -> {
                    say("begins");
                    try {
                        y.yield("a");
                        y.yield("b");
                        say("waits");
                        ready.await();
                        y.yield("c");
                    } finally {
                        yieldNow();
                        say("cleans up");
                    }
                });

        private Saying subscribe(long atOnce) {
            Saying subscriber = new Saying(atOnce);
            generator.toPublisher().subscribe(subscriber);
            return subscriber;
        }

        @Test
        void runsNoFurtherThanTheSubscriberHasRequested() {
            run(() -> {
                Saying subscriber = subscribe(0);
                yieldTimes(3);
                assertThat(log).isEmpty();

                subscriber.subscription.request(1);
                yieldTimes(3);

                assertThat(log).containsExactly("begins", "a");
                subscriber.subscription.cancel();
                yieldTimes(5);
            });
        }

        @Test
        void tellsTheEndAfterTheElements() {
            run(() -> {
                subscribe(Long.MAX_VALUE);
                ready.complete(null);

                yieldTimes(6);

                assertThat(log)
                        .containsExactly("begins", "a", "b", "waits", "c", "cleans up", "ends");
            });
        }

        @Test
        void cancelledWhileTheBodyAwaitsEndsTheWait() {
            run(() -> {
                Saying subscriber = subscribe(3);
                yieldTimes(3);
                assertThat(log).endsWith("waits");

                subscriber.subscription.cancel();
                yieldTimes(6);

                assertThat(log).containsExactly("begins", "a", "b", "waits", "cleans up");
                assertThat(ready.isCancelled()).isTrue();
                assertThat(Async.allTasks()).hasSize(1);
            });
        }

        @Test
        void cancelledWhileTheBodyYieldsClosesIt() {
            run(() -> {
                Saying subscriber = subscribe(1);
                yieldTimes(3);

                subscriber.subscription.cancel();
                subscriber.subscription.request(1);
                yieldTimes(6);

                assertThat(log).containsExactly("begins", "a", "cleans up");
                assertThat(Async.allTasks()).hasSize(1);
            });
        }

        @Test
        void cancelledAtOnceNeverBegins() {
            run(() -> {
                generator
                        .toPublisher()
                        .subscribe(
                                new Saying(0) {
                                    @Override
                                    public void onSubscribe(Flow.Subscription subscription) {
                                        subscription.request(1);
                                        subscription.cancel();
                                    }
                                });
                yieldTimes(4);

                assertThat(log).isEmpty();
                assertThat(Async.allTasks()).hasSize(1);
            });
        }

        @Test
        void tellsTheFailureOfTheBody() {
            IOException failure = new IOException("broken");
            run(() -> {
                Saying subscriber = new Saying(5);
                AsyncGenerator.<String>of(
                                y -> {
                                    y.yield("a");
                                    throw failure;
                                })
                        .toPublisher()
                        .subscribe(subscriber);
                yieldTimes(5);

                assertThat(log).containsExactly("a", "fails");
                assertThat(subscriber.failure).isSameAs(failure);
            });
        }

        @Test
        void takesNoElementThatIsNull() {
            run(() -> {
                Saying subscriber = new Saying(5);
                AsyncGenerator.<String>of(y -> y.yield(null)).toPublisher().subscribe(subscriber);
                yieldTimes(5);

                assertThat(subscriber.failure)
                        .isInstanceOf(NullPointerException.class)
                        .hasMessageContaining("yielded null");
            });
        }

        @Test
        void refusesASecondSubscriber() {
            run(() -> {
                Flow.Publisher<String> publisher = generator.toPublisher();
                Saying first = new Saying(0);
                Saying second = new Saying(1);
                publisher.subscribe(first);

                publisher.subscribe(second);

                assertThat(second.failure)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("publish a new one for each");
                first.subscription.cancel();
                yieldTimes(3);
            });
        }

        @Test
        void refusesARequestForNothing() {
            run(() -> {
                Saying subscriber = subscribe(1);
                yieldTimes(3);

                subscriber.subscription.request(0);
                yieldTimes(5);

                assertThat(log).containsExactly("begins", "a", "cleans up", "fails");
                assertThat(subscriber.failure)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("requested 0 elements");
            });
        }

        @Test
        void tellsASubscriberWhoseTaskSomebodyElseCancels() {
            run(() -> {
                Saying subscriber = subscribe(0);
                yieldTimes(2);

                Async.allTasks().stream().filter(task -> task != self()).forEach(Task::cancel);
                yieldTimes(4);

                assertThat(subscriber.failure).isInstanceOf(CancellationException.class);
            });
        }

        @Test
        void tellsASubscriberWhoComesToAClosedLoop() {
            Saying subscriber = new Saying(1);
            loop.close();

            generator.toPublisher(loop).subscribe(subscriber);

            assertThat(subscriber.failure)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }

        @Test
        void tellsASubscriberWhoseLoopIsClosedBeforeItBegins() {
            Saying subscriber = new Saying(1);
            generator.toPublisher(loop).subscribe(subscriber);

            loop.close();

            assertThat(subscriber.failure).isInstanceOf(CancellationException.class);
            assertThat(log).containsExactly("fails");
        }

        @Test
        void endsTheSubscriptionOfWhoThrows() {
            IllegalStateException thrown = new IllegalStateException("clumsy");
            run(() -> {
                generator
                        .toPublisher()
                        .subscribe(
                                new Saying(5) {
                                    @Override
                                    public void onNext(String element) {
                                        throw thrown;
                                    }
                                });
                yieldTimes(5);

                assertThat(log).containsExactly("begins", "cleans up");
            });
            assertThat(takeProblems()).extracting(Problem::exception).containsExactly(thrown);
        }

        @Test
        void andBackAgainNothingChanges() {
            List<Integer> numbers = IntStream.range(0, 1000).boxed().toList();

            List<Integer> back =
                    run(() -> {
                        AsyncGenerator<Integer> source =
                                AsyncGenerator.of(y -> y.yieldFrom(numbers));
                        return AsyncGenerator.from(source.toPublisher(), 3).toList().await();
                    });

            assertThat(back).isEqualTo(numbers);
        }
    }
}
