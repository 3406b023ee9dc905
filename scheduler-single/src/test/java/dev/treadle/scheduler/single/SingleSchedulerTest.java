package dev.treadle.scheduler.single;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.Promise;
import dev.treadle.Runner;
import dev.treadle.Task;
import dev.treadle.spi.SchedulerProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The scheduler as an application gets it: found on the class path, on the real clock, on the
/// carriers of this run.
class SingleSchedulerTest {

    @Nested
    class Discovery {

        @Test
        void theServiceLoaderFindsItByItsName() {
            List<String> names =
                    ServiceLoader.load(SchedulerProvider.class).stream()
                            .map(found -> found.get().name())
                            .toList();

            assertThat(names).containsExactly("single");
        }

        @Test
        void aLoopTellsItsNameSchedulerAndCarriers() {
            try (EventLoop loop = EventLoop.create(LoopConfig.defaults().withName("weaver"))) {
                assertThat(loop.name()).isEqualTo("weaver");
                assertThat(loop.scheduler()).isEqualTo("single");
                assertThat(loop.carriers()).isEqualTo(System.getProperty("treadle.test.carriers"));
            }
        }

        @Test
        void loopsWithoutANameAreNumbered() {
            try (EventLoop first = EventLoop.create();
                    EventLoop second = EventLoop.create()) {
                assertThat(first.name()).matches("loop-\\d+");
                assertThat(second.name()).matches("loop-\\d+").isNotEqualTo(first.name());
            }
        }
    }

    @Nested
    class Running {

        @Test
        void codeBetweenTwoAwaitsIsAtomic() {
            int[] counter = {0};

            Async.run(() -> {
                List<Task<?>> tasks = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    tasks.add(
                            Async.createTask(() -> {
                                for (int j = 0; j < 100; j++) {
                                    int seen = counter[0];
                                    Thread.onSpinWait();
                                    counter[0] = seen + 1;
                                    Async.yieldNow().await();
                                }
                            }));
                }
                Async.wait(tasks).await();
            });

            assertThat(counter[0]).isEqualTo(5000);
        }

        @Test
        @Tag("realtime")
        void aSleepLastsAtLeastAsLongAsAsked() {
            Duration asked = Duration.ofMillis(20);

            long slept =
                    Async.run(() -> {
                        long before = EventLoop.running().time();
                        Async.sleep(asked).await();
                        return EventLoop.running().time() - before;
                    });

            assertThat(Duration.ofNanos(slept)).isGreaterThanOrEqualTo(asked);
        }

        @Test
        void anIdleLoopIsWokenFromAnotherThread() {
            CountDownLatch waiting = new CountDownLatch(1);

            String delivered =
                    Async.run(() -> {
                        EventLoop loop = EventLoop.running();
                        Promise<String> promise = loop.createPromise();
                        Thread.ofPlatform()
                                .start(() -> {
                                    try {
                                        waiting.await();
                                    } catch (InterruptedException e) {
                                        promise.fail(e);
                                    }
                                    promise.tryComplete("from outside");
                                });
                        loop.callSoon(waiting::countDown);
                        return promise.await();
                    });

            assertThat(delivered).isEqualTo("from outside");
        }

        @Test
        void threadsAreNamedAfterTheLoop() {
            Set<String> names = new HashSet<>();

            try (Runner runner = new Runner(LoopConfig.defaults().withName("names"))) {
                runner.run(() -> {
                    names.add(Thread.currentThread().getName());
                    Async.gather(List.of(Async.yieldNow(), Async.yieldNow())).await();
                });
            }

            assertThat(names).allMatch(name -> name.startsWith("treadle-single-names-"));
        }
    }

    @Nested
    class Closed {

        @Test
        void noThreadOfTheLoopIsLeft() {
            Async.run(
                    () -> Async.toThread(() -> "offloaded").await(),
                    LoopConfig.defaults().withName("short-lived"));

            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("treadle-single-short-lived"));
        }
    }
}
