package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.LoopStatistics;
import dev.treadle.LoopStatistics.Queued;
import dev.treadle.LoopStatistics.State;
import dev.treadle.LoopStatistics.Worker;
import dev.treadle.Task;
import dev.treadle.TaskOptions;
import dev.treadle.spi.LoopListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a loop whose tasks share a few carriers tells of each of them.
@NullUnmarked
class PoolStatisticsTest {
    private static final int CARRIERS = 2;

    private final AtomicLong clock = new AtomicLong();
    private final CoreEventLoop loop =
            new CoreEventLoop(
                    "counted",
                    "pool",
                    new Ports(
                            clock::get,
                            new FifoReadyQueue(),
                            new ParkingPoller(),
                            new PlatformCarriers(),
                            new ThreadOffload("counted")),
                    new PoolConfig(CARRIERS, Integer.MAX_VALUE, PoolConfig.WhenFull.REFUSE));
    private final CountDownLatch freed = new CountDownLatch(1);
    private final Thread running = Thread.ofPlatform().unstarted(loop::runForever);

    @AfterEach
    void close() throws InterruptedException {
        freed.countDown();
        if (running.isAlive()) {
            loop.stop();
            running.join();
        }
        loop.close();
    }

    private Worker worker(int number) {
        return loop.statistics().workers().get(number);
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    /// Starts a task from outside the loop, which runs.
    private Task<?> start(String name, Coroutine.Action body) throws InterruptedException {
        List<Task<?>> made = new ArrayList<>();
        CountDownLatch created = new CountDownLatch(1);
        loop.callSoonThreadsafe(() -> {
            made.add(loop.createTask(Coroutine.of(body), TaskOptions.named(name)));
            created.countDown();
        });
        created.await();
        return made.getFirst();
    }

    /// Starts a task that keeps its carrier; returns the carrier's number.
    private int block(String name, Coroutine.Action before) throws InterruptedException {
        CountDownLatch stuck = new CountDownLatch(1);
        Task<?> task =
                start(
                        name,
                        () -> {
                            before.run();
                            stuck.countDown();
                            standStill();
                        });
        stuck.await();
        return IntStream.rangeClosed(1, CARRIERS)
                .filter(number -> loop.inspection().running(number) == task)
                .findFirst()
                .orElseThrow();
    }

    private void standStill() throws InterruptedException {
        freed.await();
    }

    @Test
    void aNewLoopHasAWorkerForItsCallbacksAndOneForEachCarrier() {
        List<Worker> workers = loop.statistics().workers();

        assertThat(workers).extracting(Worker::index).containsExactly(0, 1, 2);
        assertThat(workers).extracting(Worker::state).containsOnly(State.STOPPED);
        assertThat(workers).extracting(Worker::sequence).containsOnly(0L);
        assertThat(loop.statistics().queueDepth()).isZero();
    }

    @Test
    void aCarrierThatIsBlockedIsToldFromTheOthers() throws InterruptedException {
        running.start();
        int blocked = block("stubborn", () -> {});
        int other = CARRIERS + 1 - blocked;
        await(() -> worker(other).state() == State.PARKED && worker(0).state() == State.PARKED);
        Worker first = worker(blocked);

        for (int i = 0; i < 10; i++) {
            Task<?> task = start("quick", () -> Async.yieldNow().await());
            await(task::isDone);
        }

        Worker second = worker(blocked);
        assertThat(first.state()).isEqualTo(State.RUNNING);
        assertThat(second.state()).isEqualTo(State.RUNNING);
        assertThat(second.sequence()).isEqualTo(first.sequence()).isPositive();
        assertThat(worker(other).steps()).isEqualTo(20);
        assertThat(worker(0).steps()).isZero();

        var inspection = loop.inspection();
        assertThat(inspection.running(blocked).name()).isEqualTo("stubborn");
        await(() ->
                inspection.standsAt(blocked).stream()
                        .anyMatch(frame -> frame.getMethodName().equals("standStill")));
        await(() -> worker(other).state() == State.PARKED && worker(0).state() == State.PARKED);
        for (int idle : List.of(0, other, CARRIERS + 1)) {
            assertThat(inspection.running(idle)).isNull();
            assertThat(inspection.standsAt(idle)).isEmpty();
        }
    }

    @Test
    void aCallbackThatBlocksIsTheFirstWorkers() throws InterruptedException {
        running.start();
        CountDownLatch stuck = new CountDownLatch(1);
        loop.callSoonThreadsafe(() -> {
            stuck.countDown();
            try {
                standStill();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        stuck.await();

        assertThat(worker(0).state()).isEqualTo(State.RUNNING);
        assertThat(worker(1).state()).isEqualTo(State.PARKED);
        assertThat(worker(2).state()).isEqualTo(State.PARKED);
        assertThat(loop.inspection().running(0)).isNull();
        await(() ->
                loop.inspection().standsAt(0).stream()
                        .anyMatch(frame -> frame.getMethodName().equals("standStill")));
    }

    @Test
    void whatIsReadyIsQueuedAtACarrierOrByNone() throws InterruptedException {
        running.start();
        block("first", () -> {});
        int second =
                block(
                        "second",
                        () -> {
                            loop.createTask(Coroutine.of(() -> {}));
                            loop.createTask(Coroutine.of(() -> {}));
                        });
        for (int i = 0; i < 3; i++) {
            start("more", () -> {});
        }

        assertThat(worker(0).queued()).isEqualTo(new Queued(0, 3));
        assertThat(worker(second).queued()).isEqualTo(new Queued(2, 0));
        assertThat(worker(CARRIERS + 1 - second).queued()).isEqualTo(new Queued(0, 0));
        assertThat(loop.statistics().queueDepth()).isEqualTo(5);
        assertThat(worker(second).submitted().local()).isEqualTo(2);
        // The tasks that were started, and the callbacks that have done so.
        assertThat(worker(0).submitted().remote()).isEqualTo(5 + 5);

        freed.countDown();
        await(() -> loop.statistics().tasks().live() == 0);
        assertThat(loop.statistics().queueDepth()).isZero();
    }

    @Test
    void whatACarrierTakesFromAnotherIsCounted() throws InterruptedException {
        running.start();
        CountDownLatch left = new CountDownLatch(10);
        int owner =
                block(
                        "owner",
                        () -> {
                            for (int i = 0; i < 10; i++) {
                                loop.createTask(Coroutine.of(left::countDown));
                            }
                        });
        left.await();

        int thief = CARRIERS + 1 - owner;
        assertThat(worker(thief).steals()).isEqualTo(10);
        assertThat(worker(thief).steps()).isEqualTo(10);
        assertThat(worker(owner).steals()).isZero();
    }

    @Test
    void busyAndIdleAreMeasuredByCarrierWhileSomebodyListens() throws InterruptedException {
        running.start();
        int blocked = block("stubborn", () -> {});
        int other = CARRIERS + 1 - blocked;
        await(() -> worker(other).state() == State.PARKED && worker(0).state() == State.PARKED);
        clock.addAndGet(1_000);
        assertThat(worker(blocked).busy()).isZero();

        loop.addListener(new LoopListener() {});
        for (int i = 0; i < 70; i++) { // some of which may meet the other between two naps
            clock.addAndGet(100);
            await(() -> worker(other).state() == State.PARKED);
        }

        assertThat(worker(blocked).busy()).isEqualTo(Duration.ofNanos(7_000));
        assertThat(worker(blocked).idle()).isZero();
        assertThat(worker(other).busy().plus(worker(other).idle()))
                .isEqualTo(Duration.ofNanos(7_000));
        assertThat(worker(other).idle()).isGreaterThan(Duration.ofNanos(6_000));

        freed.countDown();
        await(() -> worker(blocked).state() == State.PARKED);
        assertThat(worker(blocked).busy()).isEqualTo(Duration.ofNanos(7_000));
    }

    @Test
    void waitsAndRoundsAreCounted() throws InterruptedException {
        running.start();
        Task<?> task =
                start(
                        "long",
                        () -> {
                            for (int i = 1; i < 640; i++) {
                                Async.yieldNow().await();
                            }
                        });
        await(() -> task.isDone() && worker(1).state() == State.PARKED);
        await(() -> worker(2).state() == State.PARKED);

        LoopStatistics statistics = loop.statistics();
        assertThat(statistics.workers()).extracting(Worker::callbacks).startsWith(1L, 0L, 0L);
        long steps = worker(1).steps() + worker(2).steps();
        long rounds = worker(1).iterations() + worker(2).iterations();
        assertThat(steps).isEqualTo(640);
        assertThat(rounds).as("rounds of at most 64 steps").isBetween(8L, 640L);

        Task<?> another = start("another", () -> {});
        await(another::isDone);
        assertThat(worker(1).wakeups().total() + worker(2).wakeups().total()).isPositive();
    }

    @Test
    void aListenerIsToldWhichCarrier() throws InterruptedException {
        Set<Integer> steps = ConcurrentHashMap.newKeySet();
        Set<Integer> rounds = ConcurrentHashMap.newKeySet();
        AtomicLong open = new AtomicLong();
        loop.addListener(
                new LoopListener() {
                    @Override
                    public void iterationBegins(int worker, int local, int injected) {
                        if (worker > 0) {
                            rounds.add(worker);
                            assertThat(local).isPositive();
                        }
                    }

                    @Override
                    public void stepBegins(int worker, long queuedNanos, int standsFor) {
                        steps.add(worker);
                        open.incrementAndGet();
                    }

                    @Override
                    public void stepEnded(int worker, long tookNanos, int standsFor) {
                        open.decrementAndGet();
                        assertThat(steps).contains(worker);
                    }
                });
        running.start();
        int blocked = block("stubborn", () -> {});
        int other = CARRIERS + 1 - blocked;
        Task<?> task =
                start(
                        "long",
                        () -> {
                            for (int i = 0; i < 200; i++) {
                                Async.yieldNow().await();
                            }
                        });
        await(task::isDone);

        assertThat(steps).containsExactly(other);
        assertThat(rounds).containsExactlyInAnyOrder(blocked, other);
        assertThat(open).hasValue(0);
    }

    @Test
    void afterTheRunAllAreStoppedButWhoIsStillInAStep() throws InterruptedException {
        running.start();
        int blocked = block("stubborn", () -> {});
        loop.stop();
        running.join();

        assertThat(worker(blocked).state()).isEqualTo(State.RUNNING);
        assertThat(worker(CARRIERS + 1 - blocked).state()).isEqualTo(State.STOPPED);
        assertThat(worker(0).state()).isEqualTo(State.STOPPED);

        freed.countDown();
        await(() -> worker(blocked).state() == State.STOPPED);
        loop.close();
        assertThat(loop.statistics().workers())
                .extracting(Worker::state)
                .containsOnly(State.STOPPED);
    }
}
