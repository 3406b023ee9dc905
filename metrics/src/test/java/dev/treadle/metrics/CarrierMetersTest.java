package dev.treadle.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.LoopStatistics.State;
import dev.treadle.Task;
import dev.treadle.TaskOptions;
import dev.treadle.core.CoreEventLoop;
import dev.treadle.core.FifoReadyQueue;
import dev.treadle.core.ParkingPoller;
import dev.treadle.core.PlatformCarriers;
import dev.treadle.core.PoolConfig;
import dev.treadle.core.Ports;
import dev.treadle.core.ThreadOffload;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the meters show of a loop whose tasks share a few carriers: of each, or of all that are too
/// many to be told apart. The clock is the test's.
class CarrierMetersTest {
    private final AtomicLong clock = new AtomicLong();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RecordedWarnings warnings = new RecordedWarnings();
    private final ObservedLoops loops =
            new ObservedLoops(clock::get, _ -> Thread.ofVirtual().unstarted(() -> {}), 0);
    private final CountDownLatch freed = new CountDownLatch(1);
    private final List<CoreEventLoop> opened = new ArrayList<>();
    private final List<Thread> running = new ArrayList<>();

    private CoreEventLoop run(int carriers) {
        CoreEventLoop loop =
                new CoreEventLoop(
                        "orders",
                        "pool",
                        new Ports(
                                clock::get,
                                new FifoReadyQueue(),
                                new ParkingPoller(),
                                new PlatformCarriers(),
                                new ThreadOffload("orders")),
                        new PoolConfig(carriers, Integer.MAX_VALUE, PoolConfig.WhenFull.REFUSE));
        opened.add(loop);
        TreadleMetrics.of(loop, loops).bindTo(registry);
        running.add(Thread.ofPlatform().start(loop::runForever));
        return loop;
    }

    @AfterEach
    void close() throws InterruptedException {
        freed.countDown();
        for (CoreEventLoop loop : opened) {
            loop.stop();
        }
        for (Thread thread : running) {
            thread.join();
        }
        opened.forEach(CoreEventLoop::close);
        warnings.close();
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    /// Lets six seconds pass, with the watchdog looking each tenth, while as many workers stand
    /// still.
    private void passWatched(CoreEventLoop loop, int stuck) {
        for (int i = 0; i <= 60; i++) {
            loops.watchdog.tick(clock.get(), 0);
            await(() -> isAtRest(loop, stuck)); // a probe may be on its way
            clock.addAndGet(i < 60 ? Watchdog.INTERVAL : 0);
        }
    }

    private static boolean isAtRest(CoreEventLoop loop, int stuck) {
        boolean noProbe =
                loop.statistics().queueDepth() == 0
                        || loop.statistics().workers().getFirst().state() == State.RUNNING;
        return noProbe && states(loop, State.RUNNING) == stuck;
    }

    private void standStill(CountDownLatch stuck) throws InterruptedException {
        stuck.countDown();
        freed.await();
    }

    /// Starts tasks that keep their carriers; returns when all that can be are at rest.
    private List<Task<?>> block(CoreEventLoop loop, int count) throws InterruptedException {
        List<Task<?>> tasks = new ArrayList<>();
        CountDownLatch stuck = new CountDownLatch(count);
        loop.callSoonThreadsafe(() -> {
            for (int i = 0; i < count; i++) {
                tasks.add(
                        loop.createTask(
                                Coroutine.of(() -> standStill(stuck)), TaskOptions.named("clerk")));
            }
        });
        stuck.await();
        await(() -> states(loop, State.RUNNING) == count);
        return tasks;
    }

    private static long states(CoreEventLoop loop, State state) {
        return loop.statistics().workers().stream()
                .filter(worker -> worker.state() == state)
                .count();
    }

    private double blocked(String worker) {
        return registry.get("treadle.loop.blocked")
                .tag("worker", worker)
                .timeGauge()
                .value(TimeUnit.SECONDS);
    }

    private double stalls(String worker) {
        return registry.get("treadle.loop.stalls")
                .tags("worker", worker, "cause", "code")
                .functionCounter()
                .count();
    }

    private double utilization(String worker) {
        return registry.get("treadle.loop.utilization").tag("worker", worker).gauge().value();
    }

    private Set<String> workers(String meter) {
        Set<String> workers = new TreeSet<>();
        Collection<Meter> meters = registry.get(meter).meters();
        meters.forEach(each -> workers.add(String.valueOf(each.getId().getTag("worker"))));
        return workers;
    }

    @Test
    void aBlockedCarrierOfSeveralIsSeen() throws InterruptedException {
        CoreEventLoop loop = run(3);
        assertThat(workers("treadle.loop.blocked")).containsExactly("0", "1", "2", "3");
        assertThat(workers("treadle.loop.lag")).containsExactly("0");
        Task<?> clerk = block(loop, 1).getFirst();
        String stuck =
                IntStream.rangeClosed(1, 3)
                        .filter(i -> loop.inspection().running(i) == clerk)
                        .mapToObj(Integer::toString)
                        .findFirst()
                        .orElseThrow();

        passWatched(loop, 1);

        for (String worker : List.of("0", "1", "2", "3")) {
            boolean isStuck = worker.equals(stuck);
            assertThat(blocked(worker)).isCloseTo(isStuck ? 6 : 0, within(1e-9));
            assertThat(stalls(worker)).isEqualTo(isStuck ? 1 : 0);
            assertThat(utilization(worker)).isEqualTo(isStuck ? 1 : 0);
        }
        assertThat(warnings.messages())
                .singleElement()
                .asString()
                .startsWith(
                        "loop orders: task clerk has been running for 0.100 seconds and holds up carrier "
                                + stuck
                                + " of 3; it stands here:\n\tat ")
                .contains("CarrierMetersTest.standStill");

        freed.countDown();
        await(() -> states(loop, State.PARKED) == 4);
        assertThat(blocked(stuck)).isZero();
    }

    @Test
    void stepsAreCountedByCarrier() throws InterruptedException {
        CoreEventLoop loop = run(2);
        CountDownLatch done = new CountDownLatch(1);
        loop.callSoonThreadsafe(() ->
                loop.createTask(
                        Coroutine.of(() -> {
                            for (int i = 1; i < 100; i++) {
                                Async.yieldNow().await();
                            }
                            done.countDown();
                        })));
        done.await();

        double steps = 0;
        for (String worker : List.of("1", "2")) {
            steps +=
                    registry.get("treadle.task.steps")
                            .tag("worker", worker)
                            .functionCounter()
                            .count();
        }
        assertThat(steps).isEqualTo(100);
        assertThat(registry.get("treadle.task.steps").tag("worker", "0").functionCounter().count())
                .isZero();
    }

    @Test
    void ofTooManyOneThatIsBlockedIsNoLoopThatIs() throws InterruptedException {
        CoreEventLoop loop = run(33);
        assertThat(workers("treadle.loop.blocked")).containsExactly("all");
        block(loop, 1);

        passWatched(loop, 1);

        assertThat(blocked("all")).isZero();
        assertThat(stalls("all")).isEqualTo(1);
    }

    @Test
    void ofTooManyAllThatAreBlockedAreALoopThatIs() throws InterruptedException {
        CoreEventLoop loop = run(33);
        block(loop, 33);

        passWatched(loop, 33);

        assertThat(blocked("all")).isCloseTo(6, within(1e-9));
    }

    @Test
    void ofTooManyWhatRunsTheCallbacksIsALoopThatIsBlocked() throws InterruptedException {
        CoreEventLoop loop = run(33);
        CountDownLatch stuck = new CountDownLatch(1);
        loop.callSoonThreadsafe(() -> {
            try {
                standStill(stuck);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        stuck.await();

        passWatched(loop, 1);

        assertThat(blocked("all")).isCloseTo(6, within(1e-9));
        assertThat(warnings.messages())
                .singleElement()
                .asString()
                .startsWith(
                        "loop orders: a callback has been running for 0.100 seconds and holds up the loop;");
    }
}
