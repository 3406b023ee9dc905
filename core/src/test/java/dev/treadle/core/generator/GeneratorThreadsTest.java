package dev.treadle.core.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import dev.treadle.Generator.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Generators and the threads that drive them.
class GeneratorThreadsTest {

    /// A kind of thread.
    record Kind(String name, Thread.Builder builder) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Kind> kinds() {
        return Stream.of(
                new Kind("platform", Thread.ofPlatform().daemon()),
                new Kind("virtual", Thread.ofVirtual()));
    }

    private static Generator<Integer> counting() {
        return Generator.of(y -> {
            for (int i = 0; ; i++) {
                y.yield(i);
            }
        });
    }

    @Nested
    class WhenDrivenBySeveral {
        @Test
        void eachStepMayBeOnAThreadOfItsOwn() throws Exception {
            Generator<Integer> generator = counting();
            List<Integer> seen = new ArrayList<>();

            for (int i = 0; i < 20; i++) {
                seen.add(generator.next());
                seen.add(Elsewhere.onPlatformThread(generator::next));
                seen.add(Elsewhere.onVirtualThread(generator::next));
            }
            Elsewhere.onVirtualThread(() -> {
                generator.close();
                return null;
            });

            assertThat(seen).hasSize(60).isSorted().doesNotHaveDuplicates().startsWith(0, 1, 2);
            assertThat(generator.state()).isEqualTo(State.CLOSED);
        }

        @ParameterizedTest
        @MethodSource("dev.treadle.core.generator.GeneratorThreadsTest#kinds")
        void twoThreadsMayTakeTurns(Kind kind) throws Exception {
            Generator<Integer> generator = counting();
            List<Integer> seen = new ArrayList<>(); // the turns make it safe
            Semaphore mine = new Semaphore(1);
            Semaphore others = new Semaphore(0);

            FutureTask<@Nullable Void> one =
                    Elsewhere.start(kind.builder(), () -> takeTurns(generator, seen, mine, others));
            FutureTask<@Nullable Void> other =
                    Elsewhere.start(kind.builder(), () -> takeTurns(generator, seen, others, mine));
            Elsewhere.result(one);
            Elsewhere.result(other);

            assertThat(seen).hasSize(400).isSorted().doesNotHaveDuplicates();
            generator.close();
        }

        private static @Nullable Void takeTurns(
                Generator<Integer> generator, List<Integer> seen, Semaphore mine, Semaphore others)
                throws InterruptedException {
            for (int i = 0; i < 200; i++) {
                mine.acquire();
                seen.add(generator.next());
                others.release();
            }
            return null;
        }

        @ParameterizedTest
        @MethodSource("dev.treadle.core.generator.GeneratorThreadsTest#kinds")
        void threadsWithGeneratorsOfTheirOwnDoNotDisturbEachOther(Kind kind) throws Exception {
            List<FutureTask<Long>> tasks = new ArrayList<>();

            for (int i = 0; i < 8; i++) {
                tasks.add(Elsewhere.start(kind.builder(), GeneratorThreadsTest::sumOfThousand));
            }

            for (FutureTask<Long> task : tasks) {
                assertThat(Elsewhere.result(task)).isEqualTo(999L * 1000 / 2);
            }
        }
    }

    @Nested
    class WhenTwoRace {
        @ParameterizedTest
        @MethodSource("dev.treadle.core.generator.GeneratorThreadsTest#kinds")
        void whoComesWhileTheBodyRunsIsRefused(Kind kind) throws Exception {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch leave = new CountDownLatch(1);
            Generator<Integer> generator =
                    Generator.of(y -> {
                        y.yield(0);
                        inside.countDown();
                        leave.await();
                        for (int i = 1; ; i++) {
                            y.yield(i);
                        }
                    });

            FutureTask<List<Integer>> first =
                    Elsewhere.start(
                            kind.builder(),
                            () -> List.of(generator.next(), generator.next(), generator.next()));
            inside.await();
            assertThatThrownBy(generator::next)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("already executing");
            assertThat(generator.state()).isEqualTo(State.RUNNING);
            assertThatThrownBy(generator::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("already executing");
            leave.countDown();

            assertThat(Elsewhere.result(first)).containsExactly(0, 1, 2);
            assertThat(generator.state()).isEqualTo(State.SUSPENDED);
            assertThat(generator.next()).isEqualTo(3);
            generator.close();
        }

        @ParameterizedTest
        @MethodSource("dev.treadle.core.generator.GeneratorThreadsTest#kinds")
        void eachValueGoesToOneOfThem(Kind kind) throws Exception {
            for (int round = 0; round < 200; round++) {
                Generator<Integer> generator = counting();
                int first = generator.next(); // here, so that this thread is the one that began
                FutureTask<List<Integer>> other =
                        Elsewhere.start(kind.builder(), () -> take(generator, 50));
                List<Integer> seen = take(generator, 50);
                seen.addAll(Elsewhere.result(other));
                seen.add(first);

                assertThat(seen)
                        .hasSize(101)
                        .doesNotHaveDuplicates()
                        .allMatch(value -> value >= 0 && value <= 100);
                assertThat(generator.next()).isEqualTo(101);
                generator.close();
            }
        }

        /// Takes so many values, asking again when refused.
        private static List<Integer> take(Generator<Integer> generator, int count) {
            List<Integer> values = new ArrayList<>();
            while (values.size() < count) {
                try {
                    values.add(generator.next());
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessageContaining("already executing");
                    Thread.onSpinWait();
                }
            }
            return values;
        }
    }

    private static long sumOfThousand() {
        try (Generator<Integer> generator = counting()) {
            long sum = 0;
            for (int i = 0; i < 1000; i++) {
                sum += generator.next();
            }
            return sum;
        }
    }

    @Nested
    class WhenTheCallerHoldsAMonitor {
        private final Object lock = new Object();
        private int inside;
        private int most;

        @ParameterizedTest
        @MethodSource("dev.treadle.core.generator.GeneratorThreadsTest#kinds")
        void itIsStillHeldAfterAStep(Kind kind) throws Exception {
            boolean held =
                    Elsewhere.result(
                            Elsewhere.start(
                                    kind.builder(),
                                    () -> {
                                        try (Generator<Integer> generator = counting()) {
                                            synchronized (lock) {
                                                generator.next();
                                                generator.next();
                                                return Thread.holdsLock(lock);
                                            }
                                        }
                                    }));

            assertThat(held).isTrue();
        }

        @ParameterizedTest
        @MethodSource("dev.treadle.core.generator.GeneratorThreadsTest#kinds")
        void nobodyElseGetsItDuringAStep(Kind kind) throws Exception {
            Generator<Integer> shared = counting();

            FutureTask<@Nullable Void> one =
                    Elsewhere.start(kind.builder(), () -> stepUnderLock(shared));
            FutureTask<@Nullable Void> other =
                    Elsewhere.start(kind.builder(), () -> stepUnderLock(shared));
            Elsewhere.result(one);
            Elsewhere.result(other);

            assertThat(most).isEqualTo(1);
            assertThat(shared.next()).isEqualTo(600);
            shared.close();
        }

        private @Nullable Void stepUnderLock(Generator<Integer> shared) {
            for (int i = 0; i < 300; i++) {
                synchronized (lock) {
                    inside++;
                    shared.next();
                    most = Math.max(most, inside);
                    inside--;
                }
            }
            return null;
        }
    }

    @Nested
    class WhenTheBodyHoldsAMonitor {
        private final Object lock = new Object();

        @Test
        void itIsStillHeldAfterASuspension() {
            Generator<Boolean> generator =
                    Generator.of(y -> {
                        synchronized (lock) {
                            y.yield(Thread.holdsLock(lock));
                            y.yield(Thread.holdsLock(lock));
                        }
                        y.yield(Thread.holdsLock(lock));
                    });

            assertThat(List.of(generator.next(), generator.next(), generator.next()))
                    .containsExactly(true, true, false);
            generator.close();
        }

        @Test
        void closingReleasesIt() throws Exception {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        synchronized (lock) {
                            y.yield(1);
                        }
                    });
            generator.next();

            generator.close();

            boolean acquired =
                    Elsewhere.onPlatformThread(() -> {
                        synchronized (lock) {
                            return Thread.holdsLock(lock);
                        }
                    });
            assertThat(acquired).isTrue();
        }
    }

    @Nested
    class WhenInterrupted {
        @ParameterizedTest
        @MethodSource("dev.treadle.core.generator.GeneratorThreadsTest#kinds")
        void aPendingInterruptOfTheDriverNeitherStopsAStepNorGetsLost(Kind kind) throws Exception {
            List<Object> seen = new ArrayList<>();

            Elsewhere.result(
                    Elsewhere.start(
                            kind.builder(),
                            () -> {
                                Generator<Integer> generator = counting();
                                Thread.currentThread().interrupt();
                                seen.add(generator.next());
                                seen.add(generator.next());
                                generator.close();
                                seen.add(Thread.interrupted());
                                return null;
                            }));

            assertThat(seen).containsExactly(0, 1, true);
        }

        @Test
        void theBodySeesAPendingInterruptOfTheDriver() throws Exception {
            List<Boolean> seen = new ArrayList<>();
            Generator<Integer> generator =
                    Generator.of(y -> {
                        y.yield(0);
                        seen.add(Thread.currentThread().isInterrupted());
                        y.yield(1);
                        seen.add(Thread.interrupted());
                        y.yield(2);
                        seen.add(Thread.currentThread().isInterrupted());
                    });

            Elsewhere.onPlatformThread(() -> {
                generator.next();
                Thread.currentThread().interrupt();
                generator.next();
                generator.next();
                seen.add(Thread.currentThread().isInterrupted());
                return generator.hasNext();
            });

            assertThat(seen).containsExactly(true, true, false, false);
        }

        /// Interrupts at any point of a step: while the body runs, and while it gives control back.
        @ParameterizedTest
        @MethodSource("dev.treadle.core.generator.GeneratorThreadsTest#kinds")
        void anInterruptIsSeenByTheBodyOrLeftToTheDriver(Kind kind) throws Exception {
            Semaphore seen = new Semaphore(0);
            AtomicBoolean done = new AtomicBoolean();
            Runnable look =
                    () -> {
                        if (Thread.interrupted()) {
                            seen.release();
                        }
                    };
            AtomicReference<@Nullable Thread> driver = new AtomicReference<>();
            CountDownLatch driving = new CountDownLatch(1);
            FutureTask<@Nullable Void> steps =
                    Elsewhere.start(
                            kind.builder(),
                            () -> {
                                driver.set(Thread.currentThread());
                                driving.countDown();
                                while (!done.get()) {
                                    Generator<Integer> generator =
                                            Generator.of(y -> {
                                                look.run();
                                                y.yield(1);
                                                look.run();
                                            });
                                    assertThat(generator.next()).isEqualTo(1);
                                    look.run();
                                    assertThat(generator.hasNext()).isFalse();
                                    look.run();
                                }
                                return null;
                            });
            driving.await();

            try {
                for (int i = 0; i < 1000; i++) {
                    Objects.requireNonNull(driver.get()).interrupt();
                    assertThat(seen.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
                }
            } finally {
                done.set(true);
            }

            Elsewhere.result(steps);
        }

        @ParameterizedTest
        @MethodSource("dev.treadle.core.generator.GeneratorThreadsTest#kinds")
        void anInterruptOfTheDriverReachesABodyThatBlocks(Kind kind) throws Exception {
            CountDownLatch entered = new CountDownLatch(1);
            CountDownLatch never = new CountDownLatch(1);
            AtomicReference<@Nullable Thread> driver = new AtomicReference<>();
            Generator<Integer> generator =
                    Generator.of(y -> {
                        entered.countDown();
                        never.await();
                        y.yield(1);
                    });

            FutureTask<Integer> step =
                    Elsewhere.start(
                            kind.builder(),
                            () -> {
                                driver.set(Thread.currentThread());
                                return generator.next();
                            });
            entered.await();
            Objects.requireNonNull(driver.get()).interrupt();

            assertThatThrownBy(() -> Elsewhere.result(step))
                    .isExactlyInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(generator.state()).isEqualTo(State.CLOSED);
        }
    }

    @Nested
    class WhenThereAreMany {
        private static final int MANY = 10_000;

        @Test
        void tenThousandMayBeSuspendedAndNothingIsLeftOfThemAfterClosing() throws Exception {
            Set<Thread> threads = ConcurrentHashMap.newKeySet();
            List<Generator<Integer>> open = new ArrayList<>();
            int[] ended = new int[1];
            for (int i = 0; i < MANY; i++) {
                int own = i;
                Generator<Integer> generator =
                        Generator.of(y -> {
                            threads.add(Thread.currentThread());
                            try {
                                y.yield(own);
                                y.yield(-own);
                            } finally {
                                ended[0]++;
                            }
                        });
                assertThat(generator.next()).isEqualTo(own);
                open.add(generator);
            }

            assertThat(open.get(MANY / 2).next()).isEqualTo(-MANY / 2);
            open.forEach(Generator::close);

            assertThat(ended[0]).isEqualTo(MANY);
            threads.remove(Thread.currentThread()); // where bodies need no thread of their own
            for (Thread thread : threads) {
                assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
            }
        }
    }

    @Nested
    class WhenTheDriverIsABody {
        @Test
        void generatorsMayDriveGenerators() {
            DuplexGenerator<Integer, Void, Integer> sums =
                    DuplexGenerator.of(y -> {
                        int sum = 0;
                        try (Generator<Integer> numbers = counting();
                                Generator<Integer> others = counting()) {
                            for (int i = 0; i < 5; i++) {
                                sum += numbers.next() * others.next();
                                y.yield(sum);
                            }
                        }
                        return sum;
                    });
            List<Integer> seen = new ArrayList<>();

            while (sums.hasNext()) {
                seen.add(sums.next());
            }

            assertThat(seen).containsExactly(0, 1, 5, 14, 30);
        }
    }
}
