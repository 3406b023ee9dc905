package dev.treadle.scheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// Code that makes its own loops gets simulated ones, without knowing.
@NullUnmarked
class ProgramTest {

    /// A program as an application has it.
    private static int main() {
        return Async.run(() -> {
            List<Integer> results =
                    Async.gather(List.of(slow(1), slow(2), Async.toThread(() -> 3))).await();
            return results.stream().mapToInt(Integer::intValue).sum();
        });
    }

    private static dev.treadle.Coroutine<Integer> slow(int value) {
        return Async.sleep(Duration.ofHours(value), value);
    }

    @TreadleTest(body = Body.PROGRAM)
    void aProgramRunsOnVirtualTime(Simulation simulation) {
        assertThat(main()).isEqualTo(6);
        assertThat(simulation.elapsed()).isEqualTo(Duration.ofHours(2));
    }

    @TreadleTest(body = Body.PROGRAM, strategies = Strategy.FIFO)
    void theChoiceOfTheApplicationIsOverruled() {
        try (EventLoop loop = EventLoop.create(LoopConfig.defaults().withScheduler("single"))) {
            assertThat(loop.scheduler()).isEqualTo("test");
        }
    }

    @TreadleTest(body = Body.PROGRAM, strategies = Strategy.RANDOM, runs = 20)
    void severalLoopsOneAfterTheOther() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            names.add(Async.run(() -> EventLoop.running().name()));
        }

        assertThat(names).containsExactly("loop-1", "loop-2");
    }

    @Test
    void withoutTheAnnotationItIsAnOrdinarySchedulerOnVirtualTime() {
        Duration slept =
                Async.run(() -> {
                    long before = EventLoop.running().time();
                    Async.sleep(Duration.ofDays(1)).await();
                    Async.toThread(() -> "work").await();
                    return Duration.ofNanos(EventLoop.running().time() - before);
                });

        assertThat(slept).isEqualTo(Duration.ofDays(1));
    }

    @Test
    void theServiceLoaderFindsItByItsName() {
        assertThat(ServiceLoader.load(dev.treadle.spi.SchedulerProvider.class))
                .singleElement()
                .satisfies(provider -> {
                    assertThat(provider.name()).isEqualTo("test");
                    assertThat(provider.standsBack()).isTrue();
                });
    }

    @TreadleTest(body = Body.PROGRAM)
    void eachLoopHasAPoolOfItsOwn() {
        for (int i = 0; i < 2; i++) {
            assertThat(Async.<String>run(() -> Async.toThread(() -> "work").await()))
                    .isEqualTo("work");
        }
    }
}
