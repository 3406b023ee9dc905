package dev.treadle.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.LoopStatistics.State;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
    private final Thread thread =
            Thread.ofPlatform().name("watched").unstarted(() -> loop.runForever());

    @BeforeEach
    void start() {
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
    void seesALoopThatStandsStillWhileItDoes() {
        CountDownLatch end = new CountDownLatch(1);
        loop.callSoonThreadsafe(() -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

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
        long began = System.nanoTime();
        loop.callSoonThreadsafe(() ->
                loop.createTask(
                        Coroutine.of(() -> {
                            while (System.nanoTime() - began < 1_500_000_000) {
                                Async.yieldNow().await();
                            }
                        })));

        await(() -> System.nanoTime() - began > 1_500_000_000);
        // Once a second would be three at most; a machine that is busy may add to fifteen or take
        // away from them.
        assertThat(registry.get("treadle.loop.lag").timer().count()).isBetween(4L, 40L);
        await(() -> registry.get("treadle.loop.utilization.max").gauge().value() > 0.5);
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
