package dev.treadle.scheduler.single;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.AsyncGenerator;
import dev.treadle.EventLoop;
import dev.treadle.Future;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.testng.ITestNGMethod;
import org.testng.TestListenerAdapter;
import org.testng.TestNG;
import org.testng.annotations.AfterClass;

/// Asynchronous generators as publishers and as subscribers, under the verification of Reactive
/// Streams. It comes as tests of TestNG, which are run from here.
@Tag("realtime") // it waits for what must not come
class FlowTckTest {
    private static final long PATIENCE_MILLIS = 10_000;
    private static final long SILENCE_MILLIS = 20;
    private static final long LOOK_MILLIS = 1000; // it looks for an error but once, after so long
    private static final long GC_MILLIS = 1500;

    @Test
    @Timeout(120)
    void aPublishedGeneratorObeysTheRulesOfPublishersAndSubscriptions() {
        TestListenerAdapter results = verify(Publishing.class);

        assertThat(failuresOf(results)).isEmpty();
        assertThat(namesOf(results.getPassedTests().stream().map(each -> each.getMethod())))
                .contains(
                        "required_spec102_maySignalLessThanRequestedAndTerminateSubscription",
                        "required_spec109_mayRejectCallsToSubscribeIfPublisherIsUnableOrUnwillingToServeThemRejectionMustTriggerOnErrorAfterOnSubscribe",
                        "required_spec309_requestNegativeNumberMustSignalIllegalArgumentException",
                        "required_spec312_cancelMustMakeThePublisherToEventuallyStopSignaling",
                        "required_spec313_cancelMustMakeThePublisherEventuallyDropAllReferencesToTheSubscriber",
                        "required_spec317_mustSupportACumulativePendingElementCountUpToLongMaxValue")
                .hasSizeGreaterThan(25);
    }

    @Test
    @Timeout(120)
    void aGeneratorOfAPublisherObeysTheRulesOfSubscribers() {
        TestListenerAdapter results = verify(Subscribing.class);

        assertThat(failuresOf(results)).isEmpty();
        assertThat(namesOf(results.getPassedTests().stream().map(each -> each.getMethod())))
                .contains(
                        "required_spec201_blackbox_mustSignalDemandViaSubscriptionRequest",
                        "required_spec205_blackbox_mustCallSubscriptionCancelIfItAlreadyHasAnSubscriptionAndReceivesAnotherOnSubscribeSignal",
                        "required_spec213_blackbox_onNext_mustThrowNullPointerExceptionWhenParametersAreNull")
                .hasSizeGreaterThan(10);
    }

    private static TestListenerAdapter verify(Class<?> verification) {
        TestListenerAdapter results = new TestListenerAdapter();
        TestNG runner = new TestNG(false);
        runner.setVerbose(0);
        runner.addListener(results);
        runner.setTestClasses(new Class<?>[] {verification});
        runner.run();
        return results;
    }

    private static List<String> namesOf(Stream<ITestNGMethod> methods) {
        return methods.map(ITestNGMethod::getMethodName).toList();
    }

    private static List<String> failuresOf(TestListenerAdapter results) {
        return Stream.of(results.getFailedTests(), results.getConfigurationFailures())
                .flatMap(List::stream)
                .map(failed -> failed.getMethod().getMethodName() + ": " + failed.getThrowable())
                .toList();
    }

    /// A loop that runs on a thread of its own.
    private static final class Background {
        private final CompletableFuture<EventLoop> started = new CompletableFuture<>();
        private final CompletableFuture<Void> over = new CompletableFuture<>();
        private final Thread thread = new Thread(this::run, "flow-verification");

        Background() {
            thread.start();
        }

        private void run() {
            Async.run(() -> {
                started.complete(EventLoop.running());
                Future.from(over).await();
            });
        }

        EventLoop loop() {
            return started.join();
        }

        void end() throws InterruptedException {
            over.complete(null);
            thread.join();
        }
    }

    /// A generator that counts, published.
    public static final class Publishing extends FlowPublisherVerification<Long> {
        private final Background background = new Background();

        /// Called by TestNG.
        public Publishing() {
            super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS, LOOK_MILLIS), GC_MILLIS);
        }

        /// Ends the loop.
        @AfterClass
        public void end() throws InterruptedException {
            background.end();
        }

        @Override
        public Flow.Publisher<Long> createFlowPublisher(long elements) {
            return AsyncGenerator.<Long>of(
                            y -> {
                                for (long i = 0; i < elements; i++) {
                                    if (i % 3 == 0) {
                                        Async.yieldNow().await();
                                    }
                                    y.yield(i);
                                }
                            })
                    .toPublisher(background.loop());
        }

        @Override
        public Flow.Publisher<Long> createFailedFlowPublisher() {
            Flow.Publisher<Long> taken = createFlowPublisher(1);
            taken.subscribe(new Uninterested());
            return taken;
        }
    }

    /// Who takes the only place of a publisher.
    private static final class Uninterested implements Flow.Subscriber<Long> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.cancel();
        }

        @Override
        public void onNext(Long element) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }

    /// A generator of a publisher, run through by a task.
    public static final class Subscribing extends FlowSubscriberBlackboxVerification<Integer> {
        private final Background background = new Background();

        /// Called by TestNG.
        public Subscribing() {
            super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS, LOOK_MILLIS));
        }

        /// Ends the loop.
        @AfterClass
        public void end() throws InterruptedException {
            background.end();
        }

        @Override
        @SuppressWarnings("unchecked") // it takes any number, so integers too
        public Flow.Subscriber<Integer> createFlowSubscriber() {
            CompletableFuture<Flow.Subscriber<?>> subscribed = new CompletableFuture<>();
            AsyncGenerator<Integer> generator = AsyncGenerator.from(subscribed::complete, 4);
            Async.runCoroutineThreadsafe(generator.forEach(_ -> {}), background.loop());
            return (Flow.Subscriber<Integer>) subscribed.join();
        }

        @Override
        public Integer createElement(int element) {
            return element;
        }
    }
}
