package dev.treadle.core.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Generator;
import dev.treadle.GeneratorExit;
import dev.treadle.core.Behaviour;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Generators that nobody references any more.
///
/// Of GEN-24 the clause about a generator that sits in its own locals cannot be had: a thread that
/// waits keeps alive what its stack references, and something has to reference the thread for it
/// ever to be closed.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class DroppedGeneratorTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long PAUSE_MILLIS = 10;

    /// Collects garbage until something has come true, and fails if it never does.
    private static void collectUntil(BooleanSupplier condition) throws InterruptedException {
        CountDownLatch pause = new CountDownLatch(1); // never opened: waiting is all it is for
        long began = System.nanoTime();
        while (!condition.getAsBoolean() && System.nanoTime() - began < PATIENCE.toNanos()) {
            System.gc();
            assertThat(pause.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)).isFalse();
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    /// Starts a generator and forgets it.
    private static void drop(Generator.Body<Integer> body) {
        assertThat(Generator.of(body).next()).isEqualTo(1);
    }

    @Test
    @Behaviour("GEN-24")
    void itIsClosedSomeTimeAfterItWasCollected() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        drop(y -> {
            try {
                y.yield(1);
            } finally {
                closed.countDown();
            }
        });

        collectUntil(() -> closed.getCount() == 0);
    }

    @Test
    @Behaviour("GEN-24")
    void whatItDelegatesToIsClosedWithIt() throws InterruptedException {
        List<String> log = new CopyOnWriteArrayList<>();
        drop(y -> {
            try {
                y.yieldFrom(
                        Generator.<Integer>of(z -> {
                            try {
                                z.yield(1);
                            } finally {
                                log.add("inner");
                            }
                        }));
            } finally {
                log.add("outer");
            }
        });

        collectUntil(() -> log.size() == 2);

        assertThat(log).containsExactly("inner", "outer");
    }

    @Test
    void oneWhoseCleanUpFailsDoesNotKeepOthersOpen() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            boolean failing = i == 1;
            drop(y -> {
                try {
                    y.yield(1);
                } catch (GeneratorExit e) {
                    closed.countDown();
                    if (failing) {
                        throw new IllegalStateException("to be logged: nobody can catch it");
                    }
                    throw e;
                }
            });
        }

        collectUntil(() -> closed.getCount() == 0);
    }

    @Test
    void oneThatNeverStartedIsJustForgotten() throws InterruptedException {
        WeakReference<Generator<Integer>> generator = created();

        collectUntil(() -> generator.get() == null);
    }

    private static WeakReference<Generator<Integer>> created() {
        return new WeakReference<>(Generator.of(y -> y.yield(1)));
    }

    @Test
    @Behaviour("GEN-24")
    void whatTheLocalsOfAClosedOneHeldIsReleased() throws InterruptedException {
        List<WeakReference<Object>> held = new ArrayList<>();
        Generator<Integer> generator =
                Generator.of(y -> {
                    Object local = new Object();
                    held.add(new WeakReference<>(local));
                    y.yield(1);
                    held.add(new WeakReference<>(local));
                });
        generator.next();

        generator.close();

        collectUntil(() -> held.get(0).get() == null);
        assertThat(generator.hasNext()).isFalse();
    }

    @Test
    void whatWasYieldedAndSentIsReleased() throws InterruptedException {
        Generator<Object> generator =
                Generator.of(y -> {
                    y.yield(new Object());
                    y.yield("next");
                });
        WeakReference<Object> value = first(generator);
        assertThat(generator.next()).isEqualTo("next");

        collectUntil(() -> value.get() == null);
        generator.close();
    }

    /// The JVM's own record of a carrier may hold what was thrown there last, until something else
    /// is thrown there, or the carrier has been idle for thirty seconds and ends.
    @Test
    void theExceptionThatEndedItIsReleased() throws InterruptedException {
        Generator<Integer> generator = failing();
        WeakReference<Throwable> thrown = failureOf(generator);

        collectUntil(() -> {
            failureOf(failing()); // takes its place on the carrier
            return thrown.get() == null;
        });

        assertThat(generator.hasNext()).isFalse();
    }

    private static Generator<Integer> failing() {
        return Generator.of(_ -> {
            throw new IllegalStateException("ends it");
        });
    }

    private static WeakReference<Throwable> failureOf(Generator<Integer> generator) {
        try {
            throw new AssertionError("yielded " + generator.next());
        } catch (IllegalStateException e) {
            return new WeakReference<>(e);
        }
    }

    private static WeakReference<Object> first(Generator<Object> generator) {
        return new WeakReference<>(generator.next());
    }

    @Test
    void itIsNotCollectedWhileItsBodyRuns() {
        @Nullable Integer value = null;
        for (int i = 0; i < 5; i++) {
            value =
                    Generator.<Integer>of(
                                    y -> {
                                        for (int j = 0; j < 2; j++) {
                                            System.gc();
                                        }
                                        y.yield(1);
                                    })
                            .next();
        }

        assertThat(value).isEqualTo(1);
    }

    @Test
    void itIsNotCollectedWhileItsIteratorIsInUse() {
        Iterator<Integer> iterator =
                Generator.<Integer>of(
                                y -> {
                                    for (int i = 0; i < 4; i++) {
                                        y.yield(i);
                                    }
                                })
                        .stream()
                        .iterator();
        List<Integer> seen = new ArrayList<>();

        while (iterator.hasNext()) {
            System.gc();
            seen.add(iterator.next());
        }

        assertThat(seen).containsExactly(0, 1, 2, 3);
    }
}
