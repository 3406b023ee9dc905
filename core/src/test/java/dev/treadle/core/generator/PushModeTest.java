package dev.treadle.core.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import dev.treadle.Generator.State;
import dev.treadle.GeneratorExit;
import dev.treadle.StopIteration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Generators that pass all their values to an action, or to a stream.
class PushModeTest {
    private final List<@Nullable Object> log = new ArrayList<>();
    private final IllegalArgumentException failure = new IllegalArgumentException("consumer's");

    /// Counts from 1 on, logging that it is resumed and how it ends.
    private Generator<Integer> counting(int to) {
        return Generator.of(y -> {
            try {
                for (int i = 1; i <= to; i++) {
                    y.yield(i);
                    log.add("after " + i);
                }
            } catch (GeneratorExit e) {
                log.add("exit");
                throw e;
            } finally {
                log.add("finally");
            }
        });
    }

    private void failAt(int bad, int value) {
        log.add(value);
        if (value == bad) {
            throw failure;
        }
    }

    /// Makes a generator that the action is called from (`pushed`), or one that has to be pulled
    /// because it has started.
    private static <T> Generator<T> pushedOrPulled(boolean pushed, Generator<T> generator) {
        if (!pushed) {
            assertThat(generator.hasNext()).isTrue();
        }
        return generator;
    }

    @Nested
    class CleanUp {

        /// Delegates in its clean-up to one that yields nothing.
        private DuplexGenerator<Integer, Object, @Nullable Object> delegatingAtTheEnd() {
            return DuplexGenerator.of(y -> {
                try {
                    y.yield(1);
                    y.yield(2);
                } finally {
                    DuplexGenerator<Integer, Object, String> last =
                            DuplexGenerator.of(_ -> "result");
                    log.add("last gave " + y.yieldFrom(last));
                }
                return null;
            });
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void mayDelegateToWhatYieldsNothing(boolean pushed) {
            Generator<Integer> generator = pushedOrPulled(pushed, delegatingAtTheEnd());

            assertThatThrownBy(() -> generator.forEach(value -> failAt(2, value)))
                    .isSameAs(failure);

            assertThat(log).containsExactly(1, 2, "last gave result");
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void mayCatchWhatSuchAOneThrows(boolean pushed) {
            DuplexGenerator<Integer, Object, @Nullable Object> failing =
                    DuplexGenerator.of(_ -> {
                        throw new GeneratorExit();
                    });
            Generator<Integer> generator =
                    pushedOrPulled(
                            pushed,
                            DuplexGenerator.of(y -> {
                                try {
                                    y.yield(1);
                                    return null;
                                } finally {
                                    try {
                                        y.yieldFrom(failing);
                                    } catch (GeneratorExit e) {
                                        log.add("caught");
                                    }
                                }
                            }));

            assertThatThrownBy(() -> generator.forEach(value -> failAt(1, value)))
                    .isSameAs(failure);

            assertThat(log).containsExactly(1, "caught");
        }
    }

    @Nested
    class ForEach {

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aCheckedExceptionOfAConsumerComesOutAsItIs(boolean pushed) {
            IOException checked = new IOException("disk");
            Generator<Integer> generator = pushedOrPulled(pushed, counting(2));

            assertThatThrownBy(
                            () -> generator.forEach(_ -> Sink.<RuntimeException>throwAsIs(checked)))
                    .isSameAs(checked);
        }

        @Test
        void theBodyRunsOnTheCallingThread() {
            List<Thread> threads = new ArrayList<>();
            Generator<Integer> generator =
                    Generator.of(y -> {
                        threads.add(Thread.currentThread());
                        y.yield(1);
                        threads.add(Thread.currentThread());
                    });

            generator.forEach(_ -> threads.add(Thread.currentThread()));

            assertThat(threads).hasSize(3).containsOnly(Thread.currentThread());
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void eachValueIsConsumedBeforeTheBodyGoesOn(boolean pushed) {
            pushedOrPulled(pushed, counting(2)).forEach(log::add);

            assertThat(log).containsExactly(1, "after 1", 2, "after 2", "finally");
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void theGeneratorHasEndedAfterwards(boolean pushed) {
            Generator<Integer> generator = pushedOrPulled(pushed, counting(2));

            generator.forEachRemaining(_ -> {});

            assertThat(generator.state()).isEqualTo(State.CLOSED);
            assertThat(generator.hasNext()).isFalse();
            assertThatThrownBy(generator::next).isInstanceOf(StopIteration.class);
        }

        @Test
        void aGeneratorThatHasStartedIsPulled() {
            Generator<Integer> generator = counting(3);
            generator.next();

            generator.forEach(log::add);

            assertThat(log).containsExactly("after 1", 2, "after 2", 3, "after 3", "finally");
        }

        @Test
        void nullPassesThroughAndIsSentBack() {
            DuplexGenerator<@Nullable Integer, String, @Nullable Object> generator =
                    DuplexGenerator.of(y -> {
                        log.add(y.yield(null));
                        return null;
                    });
            List<@Nullable Integer> seen = new ArrayList<>();

            generator.forEach(seen::add);

            assertThat(seen).containsOnlyNulls().hasSize(1);
            assertThat(log).containsOnlyNulls().hasSize(1);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void itIsRunningWhileTheActionRunsIfItPushes(boolean pushed) {
            Generator<Integer> generator = pushedOrPulled(pushed, counting(1));

            generator.forEach(_ -> log.add(generator.state()));

            assertThat(log).first().isEqualTo(pushed ? State.RUNNING : State.SUSPENDED);
        }

        @Test
        void theActionCannotDriveAGeneratorThatPushes() {
            Generator<Integer> generator = counting(2);

            generator.forEach(value -> {
                log.add(value);
                assertThatThrownBy(generator::next)
                        .isExactlyInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("already executing");
                assertThatThrownBy(generator::close)
                        .isExactlyInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("already executing");
            });

            assertThat(log).containsExactly(1, "after 1", 2, "after 2", "finally");
        }

        @Test
        void anActionIsNeeded() {
            Generator<Integer> generator = counting(1);

            assertThatNullPointerException().isThrownBy(() -> generator.forEach(nothing()));

            assertThat(generator.next()).isEqualTo(1);
            generator.close();
        }

        @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // on purpose
        private static <T> T nothing() {
            return null;
        }
    }

    @Nested
    class WhenTheActionFails {
        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void theBodyIsClosedAndTheFailureComesOut(boolean pushed) {
            Generator<Integer> generator = pushedOrPulled(pushed, counting(3));

            assertThatThrownBy(() -> generator.forEach(value -> failAt(2, value)))
                    .isSameAs(failure);

            assertThat(failure).hasNoCause().hasNoSuppressedExceptions();
            assertThat(log).containsExactly(1, "after 1", 2, "exit", "finally");
            assertThat(generator.state()).isEqualTo(State.CLOSED);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void anErrorComesOutAsTheSameInstance(boolean pushed) {
            AssertionError error = new AssertionError("x");
            Generator<Integer> generator = pushedOrPulled(pushed, counting(3));

            assertThatThrownBy(() ->
                            generator.forEach(_ -> {
                                throw error;
                            }))
                    .isSameAs(error);

            assertThat(log).containsExactly("exit", "finally");
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void theBodyCannotCatchTheFailure(boolean pushed) {
            Generator<Integer> generator =
                    pushedOrPulled(
                            pushed,
                            Generator.of(y -> {
                                try {
                                    y.yield(1);
                                } catch (IllegalArgumentException e) {
                                    log.add("caught");
                                }
                            }));

            assertThatThrownBy(() -> generator.forEach(value -> failAt(1, value)))
                    .isSameAs(failure);

            assertThat(log).containsExactly(1);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aBodyThatSwallowsTheExitAndEndsChangesNothing(boolean pushed) {
            Generator<Integer> generator =
                    pushedOrPulled(
                            pushed,
                            Generator.of(y -> {
                                try {
                                    y.yield(1);
                                } catch (GeneratorExit e) {
                                    log.add("swallowed");
                                }
                            }));

            assertThatThrownBy(() -> generator.forEach(value -> failAt(1, value)))
                    .isSameAs(failure);

            assertThat(log).containsExactly(1, "swallowed");
            assertThat(generator.state()).isEqualTo(State.CLOSED);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aBodyThatThrowsAnotherGeneratorExitChangesNothing(boolean pushed) {
            Generator<Integer> generator =
                    pushedOrPulled(
                            pushed,
                            Generator.of(y -> {
                                try {
                                    y.yield(1);
                                } catch (GeneratorExit e) {
                                    throw new GeneratorExit();
                                }
                            }));

            assertThatThrownBy(() -> generator.forEach(value -> failAt(1, value)))
                    .isSameAs(failure);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aBodyThatYieldsAgainIsAnErrorThatCarriesTheFailure(boolean pushed) {
            Generator<Integer> generator =
                    pushedOrPulled(
                            pushed,
                            Generator.of(y -> {
                                try {
                                    y.yield(1);
                                } catch (GeneratorExit e) {
                                    y.yield(2);
                                }
                            }));

            assertThatThrownBy(() -> generator.forEach(value -> failAt(1, value)))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("generator ignored GeneratorExit")
                    .satisfies(e -> assertThat(e.getSuppressed()).containsExactly(failure));

            assertThat(log).containsExactly(1);
            generator.close();
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aFailureOfTheCleanUpComesOutAndCarriesTheActions(boolean pushed) {
            IllegalCallerException cleanUp = new IllegalCallerException("clean-up's");
            Generator<Integer> generator =
                    pushedOrPulled(
                            pushed,
                            Generator.of(y -> {
                                try {
                                    y.yield(1);
                                } catch (GeneratorExit e) {
                                    throw cleanUp;
                                }
                            }));

            assertThatThrownBy(() -> generator.forEach(value -> failAt(1, value)))
                    .isSameAs(cleanUp);

            assertThat(cleanUp.getSuppressed()).contains(failure);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aCleanUpThatThrowsTheVeryFailureChangesNothing(boolean pushed) {
            Generator<Integer> generator =
                    pushedOrPulled(
                            pushed,
                            Generator.of(y -> {
                                try {
                                    y.yield(1);
                                } catch (GeneratorExit e) {
                                    throw failure;
                                }
                            }));

            assertThatThrownBy(() -> generator.forEach(value -> failAt(1, value)))
                    .isSameAs(failure);
        }
    }

    @Nested
    class WhenTheBodyFails {
        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void anUncheckedExceptionComesOutAsTheSameInstance(boolean pushed) {
            Generator<Integer> generator = pushedOrPulled(pushed, failing(failure));

            assertThatThrownBy(() -> generator.forEach(log::add)).isSameAs(failure);

            assertThat(failure).hasNoCause().hasNoSuppressedExceptions();
            assertThat(log).containsExactly(1);
            assertThat(generator.state()).isEqualTo(State.CLOSED);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aCheckedExceptionComesOutWrapped(boolean pushed) {
            IOException checked = new IOException("x");
            Generator<Integer> generator = pushedOrPulled(pushed, failing(checked));

            assertThatThrownBy(() -> generator.forEach(log::add))
                    .isExactlyInstanceOf(CompletionException.class)
                    .cause()
                    .isSameAs(checked);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aStopIterationBecomesAnIllegalStateException(boolean pushed) {
            Generator<Integer> generator = pushedOrPulled(pushed, failing(new StopIteration()));

            assertThatThrownBy(() -> generator.forEach(log::add))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("generator raised StopIteration");
        }

        private Generator<Integer> failing(Exception exception) {
            return Generator.of(y -> {
                y.yield(1);
                throw exception;
            });
        }
    }

    @Nested
    class WhenItDelegates {
        private DuplexGenerator<Integer, Object, String> inner() {
            return DuplexGenerator.of(y -> {
                try {
                    log.add(Thread.currentThread());
                    y.yield(10);
                    y.yield(11);
                    return "r";
                } finally {
                    log.add("inner finally");
                }
            });
        }

        private DuplexGenerator<Integer, Object, @Nullable Object> outer(
                DuplexGenerator<Integer, Object, String> inner) {
            return DuplexGenerator.of(y -> {
                try {
                    y.yield(1);
                    log.add(y.yieldFrom(inner));
                    y.yieldFrom(List.of(20));
                    y.yieldFrom(Generator.<Integer>of(z -> z.yield(30)));
                    return null;
                } finally {
                    log.add("outer finally");
                }
            });
        }

        @Test
        void innerBodiesRunOnTheCallingThreadToo() {
            List<Integer> seen = new ArrayList<>();

            outer(inner()).forEach(seen::add);

            assertThat(seen).containsExactly(1, 10, 11, 20, 30);
            assertThat(log)
                    .containsExactly(Thread.currentThread(), "inner finally", "r", "outer finally");
        }

        @Test
        void anInnerOneThatHasStartedIsPulled() {
            DuplexGenerator<Integer, Object, String> inner = inner();
            inner.next();
            log.clear();
            List<Integer> seen = new ArrayList<>();

            outer(inner).forEach(seen::add);

            assertThat(seen).containsExactly(1, 11, 20, 30);
            assertThat(log).containsExactly("inner finally", "r", "outer finally");
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void aFailureOfTheActionClosesTheInnerOneFirst(boolean innerPushed) {
            DuplexGenerator<Integer, Object, String> inner = inner();
            if (!innerPushed) {
                inner.next();
            }
            Generator<Integer> outer = outer(inner);
            log.clear();

            assertThatThrownBy(() ->
                            outer.forEach(value -> {
                                if (value == 11) {
                                    throw failure;
                                }
                            }))
                    .isSameAs(failure);

            assertThat(log).endsWith("inner finally", "outer finally").doesNotContain("r");
            assertThat(inner.state()).isEqualTo(State.CLOSED);
            assertThat(outer.state()).isEqualTo(State.CLOSED);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void anInnerOneThatSwallowsTheExitDoesNotKeepTheOuterOneOpen(boolean innerPushed) {
            DuplexGenerator<Integer, Object, String> inner =
                    DuplexGenerator.of(y -> {
                        y.yield(9);
                        try {
                            y.yield(10);
                        } catch (GeneratorExit e) {
                            log.add("swallowed");
                        }
                        return "r";
                    });
            if (!innerPushed) {
                inner.next();
            }

            assertThatThrownBy(() ->
                            outer(inner)
                                    .forEach(value -> {
                                        if (value == 10) {
                                            throw failure;
                                        }
                                    }))
                    .isSameAs(failure);

            assertThat(log).containsExactly("swallowed", "outer finally");
        }

        @Test
        void aFailureOfTheInnersCleanUpCarriesTheActionsOnce() {
            IllegalCallerException cleanUp = new IllegalCallerException("clean-up's");
            DuplexGenerator<Integer, Object, String> inner =
                    DuplexGenerator.of(y -> {
                        try {
                            y.yield(10);
                        } catch (GeneratorExit e) {
                            throw cleanUp;
                        }
                        return "r";
                    });

            assertThatThrownBy(() -> outer(inner).forEach(value -> failAt(10, value)))
                    .isSameAs(cleanUp);

            assertThat(cleanUp.getSuppressed()).containsOnlyOnce(failure);
            assertThat(log).containsExactly(1, 10, "outer finally");
        }

        @Test
        void theOuterOneMayCatchAFailureOfTheInnerOne() {
            DuplexGenerator<Integer, Object, String> inner =
                    DuplexGenerator.of(y -> {
                        y.yield(10);
                        throw failure;
                    });
            Generator<Integer> outer =
                    Generator.of(y -> {
                        try {
                            y.yieldFrom(inner);
                        } catch (IllegalArgumentException e) {
                            y.yield(2);
                        }
                    });

            outer.forEach(log::add);

            assertThat(log).containsExactly(10, 2);
        }

        @Test
        void aCircleIsRefused() {
            List<Generator<Integer>> circle = new ArrayList<>();
            circle.add(
                    Generator.of(y -> {
                        y.yield(1);
                        y.yieldFrom(circle.get(0));
                    }));

            assertThatThrownBy(() -> circle.get(0).forEach(log::add))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("already executing");

            assertThat(log).containsExactly(1);
        }
    }

    @Nested
    class Streams {
        @Test
        void anOperationThatNeedsAllRunsTheBodyOnTheCallingThread() {
            List<Thread> threads = new ArrayList<>();
            Generator<Integer> generator =
                    Generator.of(y -> {
                        threads.add(Thread.currentThread());
                        y.yield(1);
                        y.yield(2);
                    });

            List<Integer> doubled = generator.stream().map(value -> value * 2).toList();

            assertThat(doubled).containsExactly(2, 4);
            assertThat(threads).containsExactly(Thread.currentThread());
        }

        @Test
        void itIsSequential() {
            assertThat(counting(1).stream().isParallel()).isFalse();
        }

        @Test
        void orderIsKeptAlsoIfItIsMadeParallel() {
            List<Integer> values = counting(500).stream().parallel().map(value -> -value).toList();

            assertThat(values).hasSize(500).isSortedAccordingTo((a, b) -> Integer.compare(b, a));
        }

        @Test
        void limitDoesNotRunTheBodyPastTheLastValue() {
            Generator<Integer> generator = counting(10);

            List<Integer> values = generator.stream().limit(2).toList();

            assertThat(values).containsExactly(1, 2);
            assertThat(log).containsExactly("after 1");
            assertThat(generator.state()).isEqualTo(State.SUSPENDED);
            generator.close();
            assertThat(log).containsExactly("after 1", "exit", "finally");
        }

        @Test
        void findFirstLeavesTheRest() {
            Generator<Integer> generator = counting(3);

            assertThat(generator.stream().findFirst()).contains(1);

            assertThat(generator.state()).isEqualTo(State.SUSPENDED);
            assertThat(generator.next()).isEqualTo(2);
            generator.close();
        }

        @Test
        void anyMatchStopsAtTheMatch() {
            Generator<Integer> generator = counting(5);

            assertThat(generator.stream().anyMatch(value -> value == 3)).isTrue();

            assertThat(log).containsExactly("after 1", "after 2");
            assertThat(generator.stream().toList()).containsExactly(4, 5);
        }

        @Test
        void takeWhileOfAnInfiniteGeneratorEnds() {
            Generator<Integer> generator = counting(Integer.MAX_VALUE);

            try (Stream<Integer> stream = generator.stream()) {
                assertThat(stream.takeWhile(value -> value < 4).toList()).containsExactly(1, 2, 3);
            }

            assertThat(generator.state()).isEqualTo(State.CLOSED);
        }

        @Test
        void closingTheStreamClosesTheGenerator() {
            Generator<Integer> generator = counting(3);

            try (Stream<Integer> stream = generator.stream()) {
                assertThat(stream.findFirst()).contains(1);
            }

            assertThat(log).containsExactly("exit", "finally");
            assertThat(generator.state()).isEqualTo(State.CLOSED);
        }

        @Test
        void closingTheStreamWithoutUsingItNeverStartsTheBody() {
            Generator<Integer> generator = counting(3);

            generator.stream().close();

            assertThat(log).isEmpty();
            assertThat(generator.state()).isEqualTo(State.CLOSED);
        }

        @Test
        void aFailureInThePipelineClosesABodyThatPushes() {
            Generator<Integer> generator = counting(3);

            assertThatThrownBy(() -> generator.stream().forEach(value -> failAt(2, value)))
                    .isSameAs(failure);

            assertThat(log).containsExactly(1, "after 1", 2, "exit", "finally");
        }

        @Test
        void flatMapTakesGeneratorsApart() {
            Generator<Integer> generator = counting(3);

            List<Integer> values =
                    generator.stream()
                            .flatMap(n ->
                                    Generator.<Integer>of(
                                            y -> {
                                                for (int i = 0; i < n; i++) {
                                                    y.yield(n);
                                                }
                                            })
                                            .stream())
                            .collect(Collectors.toList());

            assertThat(values).containsExactly(1, 2, 2, 3, 3, 3);
        }
    }
}
