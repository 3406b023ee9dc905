package dev.treadle.scheduler.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.Promise;
import dev.treadle.Runner;
import dev.treadle.Task;
import dev.treadle.spi.SchedulerProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is peculiar to tasks that share a few carriers.
@NullUnmarked
class PoolSchedulerTest {
    private static final LoopConfig WEAVER = LoopConfig.defaults().withName("weaver");

    @Nested
    class Discovery {

        @Test
        void theServiceLoaderFindsItByItsName() {
            assertThat(
                            ServiceLoader.load(SchedulerProvider.class).stream()
                                    .map(found -> found.get().name()))
                    .containsExactly("pool");
        }

        @Test
        void aLoopTellsWhatItIs() {
            try (EventLoop loop = EventLoop.create(WEAVER)) {
                assertThat(loop.scheduler()).isEqualTo("pool");
                assertThat(loop.carriers()).isEqualTo(System.getProperty("treadle.test.carriers"));
                assertThat(loop.isParallel()).isTrue();
            }
        }
    }

    @Nested
    class Properties {

        @ParameterizedTest
        @CsvSource({
            "treadle.pool.parallelism, 0, a number from 1 to 4096",
            "treadle.pool.parallelism, many, a number from 1 to 4096",
            "treadle.pool.parallelism, 5000, a number from 1 to 4096",
            "treadle.pool.limit, -1, a number from 1 to 2147483647",
            "treadle.pool.full, block, refuse or wait"
        })
        void aWrongOneIsNamedWithWhatItMayBe(String property, String value, String allowed) {
            with(
                    property,
                    value,
                    () ->
                            assertThatThrownBy(EventLoop::create)
                                    .hasRootCauseInstanceOf(IllegalArgumentException.class)
                                    .hasMessageEndingWith(
                                            "-D"
                                                    + property
                                                    + "="
                                                    + value
                                                    + ": must be "
                                                    + allowed));
        }

        @ParameterizedTest
        @CsvSource({"1", "3", "8"})
        void asManyTasksRunAtTheSameMomentAsThereAreCarriers(int carriers) {
            with(
                    "treadle.pool.parallelism",
                    Integer.toString(carriers),
                    () ->
                            Async.run(() -> {
                                AtomicInteger running = new AtomicInteger();
                                AtomicInteger most = new AtomicInteger();
                                CyclicBarrier all = new CyclicBarrier(carriers);
                                List<Task<?>> tasks = new ArrayList<>();
                                for (int i = 0; i < 4 * carriers; i++) {
                                    tasks.add(
                                            Async.createTask(() -> {
                                                most.accumulateAndGet(
                                                        running.incrementAndGet(), Math::max);
                                                all.await(); // all carriers at once, or never
                                                running.decrementAndGet();
                                            }));
                                }
                                Async.gather(tasks).await();
                                assertThat(most.get()).isLessThanOrEqualTo(carriers);
                            }));
        }
    }

    @Nested
    class Threads {

        @Test
        void aTaskRunsOnAVirtualThreadThatShowsItsLoop() {
            Thread thread = Async.run(() -> Thread.currentThread(), WEAVER);

            assertThat(thread.isVirtual()).isTrue();
            assertThat(thread.getName()).startsWith("treadle-pool-weaver-");
        }

        @Test
        void tasksThatNeverSuspendShareAFewThreads() {
            Set<Thread> threads = ConcurrentHashMap.newKeySet();

            Async.run(() -> {
                List<Task<?>> tasks = new ArrayList<>();
                for (int i = 0; i < 1000; i++) {
                    tasks.add(Async.createTask(() -> threads.add(Thread.currentThread())));
                }
                Async.gather(tasks).await();
            });

            assertThat(threads.size())
                    .isLessThanOrEqualTo(2 * Runtime.getRuntime().availableProcessors());
        }

        @Test
        void noneOfItsThreadsOutlivesALoop() {
            LoopConfig config = LoopConfig.defaults().withName("short-lived");
            Thread runner = Async.run(() -> Thread.currentThread(), config);

            assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                    .noneMatch(name -> name.startsWith("treadle-pool-short-lived"));
            assertThat(runner.isAlive()).isFalse();
        }

        @Test
        void aThreadThatATaskStartsMayOutliveTheLoop() throws InterruptedException {
            CountDownLatch closed = new CountDownLatch(1);
            Thread started =
                    Async.run(() ->
                            Thread.startVirtualThread(() -> {
                                try {
                                    closed.await();
                                } catch (InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                            }));
            closed.countDown();

            started.join();
        }

        @Test
        void aTaskMayWaitForAVirtualThreadThatItStarts() {
            Async.run(() -> {
                AtomicBoolean ran = new AtomicBoolean();
                Thread.startVirtualThread(() -> ran.set(true)).join();
                assertThat(ran).isTrue();
            });
        }
    }

    @Nested
    class Blocking {

        @Test
        void callbacksRunWhileAllCarriersAreBlocked() {
            with(
                    "treadle.pool.parallelism",
                    "1",
                    () ->
                            Async.run(() -> {
                                CountDownLatch called = new CountDownLatch(1);
                                EventLoop.running()
                                        .callLater(Duration.ofMillis(1), called::countDown);
                                called.await();
                            }));
        }

        @Test
        void cancellingDoesNotInterruptAStep() {
            Async.run(() -> {
                CountDownLatch begun = new CountDownLatch(1);
                CountDownLatch requested = new CountDownLatch(1);
                AtomicBoolean interrupted = new AtomicBoolean();
                Task<?> task =
                        Async.createTask(() -> {
                            begun.countDown();
                            requested.await();
                            interrupted.set(Thread.interrupted());
                            Async.sleep(Duration.ofHours(1)).await();
                        });
                begun.await();
                task.cancel("enough");
                requested.countDown();
                assertThatThrownBy(task::await)
                        .isInstanceOfSatisfying(
                                CancelledError.class,
                                e -> assertThat(e.reason()).isEqualTo("enough"));
                assertThat(interrupted).isFalse();
            });
        }

        @Test
        void anInterruptOfAStepIsNotSeenByAnother() {
            with(
                    "treadle.pool.parallelism",
                    "1",
                    () ->
                            Async.run(() -> {
                                Async.createTask(() -> Thread.currentThread().interrupt()).await();
                                boolean seen =
                                        Async.createTask(
                                                        Coroutine.of(() ->
                                                                Thread.currentThread()
                                                                        .isInterrupted()))
                                                .await();
                                assertThat(seen).isFalse();
                            }));
        }

        @Test
        void anInterruptFlagGoesWithItsTask() {
            boolean flag =
                    Async.run(() -> {
                        Thread.currentThread().interrupt();
                        Async.sleep(Duration.ofMillis(1)).await();
                        return Thread.interrupted();
                    });

            assertThat(flag).isTrue();
        }

        @Test
        void aTaskThatComputesAfterItHasMadeAnotherReadyDoesNotHoldItUp() {
            with(
                    "treadle.pool.parallelism",
                    "2",
                    () ->
                            Async.run(() -> {
                                AtomicBoolean ran = new AtomicBoolean();
                                Task<?> other = Async.createTask(() -> ran.set(true));
                                long deadline = System.nanoTime() + 10_000_000_000L;
                                while (!ran.get() && System.nanoTime() < deadline) {
                                    Thread.onSpinWait();
                                }
                                assertThat(ran).isTrue();
                                other.await();
                            }));
        }
    }

    @Nested
    class Closing {

        @Test
        void tasksThatNeverBeganAreEndedAndTheirCoroutinesClosed() {
            EventLoop loop = EventLoop.create();
            List<String> problems = new ArrayList<>();
            loop.exceptionHandler((_, problem) -> problems.add(problem.message()));
            AtomicInteger begun = new AtomicInteger();
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                tasks.add(loop.createTask(Coroutine.of(() -> begun.incrementAndGet())));
            }

            loop.close();

            assertThat(begun).hasValue(0);
            assertThat(tasks).allMatch(Task::isCancelled);
            assertThat(problems).hasSize(100);
            Coroutine<?> late = Coroutine.of(() -> begun.incrementAndGet());
            assertThatThrownBy(() -> loop.createTask(late))
                    .isInstanceOf(IllegalStateException.class);
        }

        @Test
        void noStepBeginsBetweenRuns() {
            EventLoop loop = EventLoop.create();
            AtomicInteger steps = new AtomicInteger();
            Task<?> task =
                    loop.createTask(
                            Coroutine.of(() -> {
                                while (steps.incrementAndGet() < 1_000_000_000) {
                                    Async.yieldNow().await();
                                }
                            }));
            loop.runUntilComplete(Coroutine.of(() -> Async.sleep(Duration.ofMillis(2)).await()));
            int last = steps.get() + 1; // a step that is under way goes on to its end
            assertThat(passesSoon(steps, last)).isFalse();

            loop.runUntilComplete(
                    Coroutine.of(() -> {
                        while (steps.get() <= last) {
                            Async.sleep(Duration.ofMillis(1)).await();
                        }
                    }));
            loop.exceptionHandler((_, _) -> {});
            loop.close();
            assertThat(task.isDone()).isTrue();
        }
    }

    private static boolean passesSoon(AtomicInteger number, int limit) {
        for (int i = 0; i < 1_000_000; i++) {
            if (number.get() > limit) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    @Nested
    class Limits {

        @Test
        void oneTaskTooManyIsRefused() {
            limited(
                    "refuse",
                    () -> {
                        AtomicBoolean ran = new AtomicBoolean();
                        Promise<?> gate = EventLoop.running().createPromise();
                        Task<?> second = Async.createTask(() -> gate.await());
                        Task<?> third = Async.createTask(() -> gate.await());
                        Coroutine<?> fourth = Coroutine.of(() -> ran.set(true));
                        assertThatThrownBy(() -> Async.createTask(fourth))
                                .isInstanceOf(RejectedExecutionException.class)
                                .hasMessageContaining("3 unfinished tasks")
                                .hasMessageContaining("-Dtreadle.pool.limit");
                        assertThat(EventLoop.running().statistics().rejected().full()).isEqualTo(1);
                        gate.tryComplete(null);
                        Async.gather(List.of(second, third)).await();
                        Async.createTask(() -> ran.set(true)).await();
                        assertThat(ran).isTrue();
                    });
        }

        @Test
        void oneTaskTooManyWaitsForRoom() {
            limited(
                    "wait",
                    () -> {
                        AtomicInteger running = new AtomicInteger();
                        AtomicInteger most = new AtomicInteger();
                        List<Task<?>> tasks = new ArrayList<>();
                        for (int i = 0; i < 200; i++) {
                            tasks.add(
                                    Async.createTask(() -> {
                                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                                        Async.yieldNow().await();
                                        running.decrementAndGet();
                                    }));
                        }
                        Async.gather(tasks).await();
                        assertThat(most.get()).isLessThanOrEqualTo(2);
                    });
        }

        @Test
        void whoWaitsForRoomCanBeCancelled() {
            limited(
                    "wait",
                    () -> {
                        Promise<?> gate = EventLoop.running().createPromise();
                        AtomicBoolean ran = new AtomicBoolean();
                        Task<?> holding = Async.createTask(() -> gate.await());
                        Task<?> waiting =
                                Async.createTask(
                                        () -> Async.createTask(() -> ran.set(true)).await());
                        while (waiting.stack().isEmpty()) {
                            Async.yieldNow().await();
                        }
                        waiting.cancel();
                        assertThatThrownBy(waiting::await).isInstanceOf(CancelledError.class);
                        gate.tryComplete(null);
                        holding.await();
                        assertThat(ran).isFalse();
                        Async.createTask(() -> ran.set(true)).await();
                        assertThat(ran).isTrue();
                    });
        }

        @Test
        void aCallbackCannotWaitAndIsRefused() {
            limited(
                    "wait",
                    () -> {
                        EventLoop loop = EventLoop.running();
                        Promise<Throwable> thrown = loop.createPromise();
                        Promise<?> gate = loop.createPromise();
                        Task<?> second = Async.createTask(() -> gate.await());
                        Task<?> third = Async.createTask(() -> gate.await());
                        loop.callSoon(() -> {
                            try {
                                loop.createTask(Coroutine.of(() -> {}));
                            } catch (RejectedExecutionException e) {
                                thrown.complete(e);
                            }
                        });
                        assertThat(thrown.await()).hasMessageContaining("only a task can wait");
                        gate.tryComplete(null);
                        Async.gather(List.of(second, third)).await();
                    });
        }

        /// Its place is free before anybody learns that it has ended.
        @Test
        void whoHasAwaitedATaskHasRoomForAnother() {
            limited(
                    "refuse",
                    () -> {
                        Promise<?> gate = EventLoop.running().createPromise();
                        Task<?> second = Async.createTask(() -> gate.await());
                        for (int i = 0; i < 2_000; i++) {
                            Async.createTask(() -> {}).await();
                        }
                        gate.tryComplete(null);
                        second.await();
                    });
        }

        @Test
        void aRunnerThatHasNoRoomLeftStillCancelsAndWaits() {
            AtomicInteger cleanedUp = new AtomicInteger();
            with(
                    "treadle.pool.limit",
                    "2",
                    () -> {
                        try (Runner runner = new Runner()) {
                            EventLoop loop = runner.loop();
                            for (int i = 0; i < 2; i++) {
                                loop.createTask(
                                        Coroutine.of(() -> {
                                            try {
                                                loop.createPromise().await();
                                            } finally {
                                                Async.yieldNow().await();
                                                cleanedUp.incrementAndGet();
                                            }
                                        }));
                            }
                            runOnce(loop);
                        }
                    });

            assertThat(cleanedUp).hasValue(2);
        }

        /// Runs until both tasks wait.
        private static void runOnce(EventLoop loop) {
            loop.callLater(Duration.ofMillis(1), () -> stopWhenAllWait(loop));
            loop.runForever();
        }

        private static void stopWhenAllWait(EventLoop loop) {
            if (loop.tasks().stream().allMatch(task -> task.toString().contains("awaits"))) {
                loop.stop();
            } else {
                loop.callSoon(() -> stopWhenAllWait(loop));
            }
        }

        private static void limited(String whenFull, Coroutine.Action action) {
            with(
                    "treadle.pool.limit",
                    "3",
                    () -> with("treadle.pool.full", whenFull, () -> Async.run(action)));
        }
    }

    /// Runs something while a system property is set.
    private static void with(String property, String value, Runnable action) {
        System.setProperty(property, value);
        try {
            action.run();
        } finally {
            System.clearProperty(property);
        }
    }
}
