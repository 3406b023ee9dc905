package dev.treadle.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.LoopStatistics.State;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The real watchdog on a real loop.
@Tag("realtime")
class WatchdogTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RecordedWarnings warnings = new RecordedWarnings();
    private final EventLoop loop =
            EventLoop.create(LoopConfig.defaults().withName("watched").withScheduler("single"));
    private final Duration usual = loop.slowCallback();
    private final Thread thread =
            Thread.ofPlatform().name("watched").unstarted(() -> loop.runForever());

    @BeforeEach
    void start() {
        loop.slowCallback(Duration.ofHours(1)); // a thread that is slow to start is no stall
        TreadleMetrics.of(loop).bindTo(registry);
        thread.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        loop.stop();
        thread.join();
        loop.close();
        warnings.close();
    }

    private double blocked() {
        return registry.get("treadle.loop.blocked").timeGauge().value(TimeUnit.SECONDS);
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Test
    void seesALoopThatStandsStillWhileItDoes() throws InterruptedException {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        loop.callSoonThreadsafe(() -> {
            stuck.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        stuck.await();
        await(() -> thread.getState() == Thread.State.WAITING);
        loop.slowCallback(usual);
        await(() -> blocked() > 0.3);
        double stalls =
                registry.get("treadle.loop.stalls").functionCounters().stream()
                        .mapToDouble(counter -> counter.count())
                        .sum();
        assertThat(stalls).isEqualTo(1);
        assertThat(warnings.messages())
                .singleElement()
                .asString()
                .startsWith("loop watched")
                .containsAnyOf("CountDownLatch.await", "the whole JVM");
        end.countDown();
        await(() -> blocked() == 0);
        // The probe that waited, and those that could not be sent.
        await(() -> registry.get("treadle.loop.lag").timer().count() >= 3);
        assertThat(registry.get("treadle.loop.lag").timer().max(TimeUnit.SECONDS))
                .isGreaterThan(0.2);
    }

    @Test
    void wakesAnIdleLoopOnceASecond() {
        long started = System.nanoTime();
        await(() -> System.nanoTime() - started > 1_000_000_000); // a start is not idleness
        long before = wakeups();
        long began = System.nanoTime();
        await(() -> wakeups() > before + 2);

        // Three wake-ups are two seconds apart at least.
        assertThat(System.nanoTime() - began).isGreaterThan(1_900_000_000L);
        await(() -> loop.statistics().workers().get(0).state() == State.PARKED);
        assertThat(registry.get("treadle.loop.utilization").gauge().value()).isLessThan(0.5);
    }

    private long wakeups() {
        return loop.statistics().workers().get(0).wakeups().total();
    }

    @Test
    void looksAtABusyLoopTenTimesASecond() {
        AtomicBoolean over = new AtomicBoolean();
        loop.callSoonThreadsafe(() ->
                loop.createTask(
                        Coroutine.of(() -> {
                            while (!over.get()) {
                                Async.yieldNow().await();
                            }
                        })));
        await(() -> registry.get("treadle.loop.utilization.max").gauge().value() > 0.5);

        long before = looks();
        long began = System.nanoTime();
        await(() -> looks() >= before + 20);
        Duration taken = Duration.ofNanos(System.nanoTime() - began);
        over.set(true);

        // Once a second would be twenty; a machine that is busy may add to two or, where looks are
        // made up for, take away from them.
        assertThat(taken).isBetween(Duration.ofMillis(500), Duration.ofSeconds(10));
    }

    private long looks() {
        return registry.get("treadle.loop.lag").timer().count();
    }

    @Test
    void endsWhenThereIsNothingToLookAt() throws InterruptedException {
        stop();

        await(() ->
                Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(each -> each.getName().equals("treadle-metrics-watchdog")));
        assertThat(ObservedLoops.OF_PROCESS.watchdog.size()).isZero();
    }
}
