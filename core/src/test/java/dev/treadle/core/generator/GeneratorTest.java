package dev.treadle.core.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import dev.treadle.Generator.State;
import dev.treadle.Step;
import dev.treadle.StopIteration;
import dev.treadle.core.Behaviour;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Pulling values out of a generator.
class GeneratorTest {
    private final List<String> log = new ArrayList<>();

    private Generator<Integer> oneTwo() {
        return Generator.of(y -> {
            log.add("started");
            y.yield(1);
            log.add("between");
            y.yield(2);
            log.add("ending");
        });
    }

    @Nested
    class WhenCreated {
        @Test
        @Behaviour("GEN-01")
        void nothingOfTheBodyHasRun() {
            Generator<Integer> generator = oneTwo();

            assertThat(log).isEmpty();
            assertThat(generator.state()).isEqualTo(State.CREATED);
        }

        @Test
        @Behaviour("GEN-01")
        void nextStartsTheBodyAndStopsItAtItsFirstYield() {
            Generator<Integer> generator = oneTwo();

            int first = generator.next();

            assertThat(first).isEqualTo(1);
            assertThat(log).containsExactly("started");
            assertThat(generator.state()).isEqualTo(State.SUSPENDED);
            generator.close();
        }

        @Test
        @Behaviour("GEN-01")
        void sendingNullStartsTheBody() {
            DuplexGenerator<Integer, String, @Nullable String> generator =
                    DuplexGenerator.of(y -> {
                        log.add("started");
                        return y.yield(1);
                    });

            int first = generator.send(null);

            assertThat(first).isEqualTo(1);
            assertThat(log).containsExactly("started");
            generator.close();
        }

        @Test
        void askingForMoreStartsTheBody() {
            Generator<Integer> generator = oneTwo();

            boolean more = generator.hasNext();

            assertThat(more).isTrue();
            assertThat(log).containsExactly("started");
            generator.close();
        }

        @Test
        void theIteratorIsTheGeneratorItself() {
            Generator<Integer> generator = oneTwo();

            assertThat(generator.iterator()).isSameAs(generator);
            assertThat(log).isEmpty();
        }

        @Test
        void makingAStreamDoesNotStartTheBody() {
            Generator<Integer> generator = oneTwo();

            assertThat(generator.stream()).isNotNull();

            assertThat(log).isEmpty();
            assertThat(generator.state()).isEqualTo(State.CREATED);
        }

        @Test
        @SuppressWarnings({"NullAway", "DataFlowIssue"}) // on purpose
        void aBodyIsNeeded() {
            assertThatNullPointerException().isThrownBy(() -> Generator.of(null));
            assertThatNullPointerException().isThrownBy(() -> DuplexGenerator.of(null));
        }
    }

    @Nested
    class WhenIterated {
        @Test
        @Behaviour("GEN-02")
        void valuesComeInOrderAndThenTheResultOnce() {
            DuplexGenerator<Integer, Void, String> generator =
                    DuplexGenerator.of(y -> {
                        y.yield(1);
                        y.yield(2);
                        return "r";
                    });

            assertThat(generator.next()).isEqualTo(1);
            assertThat(generator.next()).isEqualTo(2);
            assertThatExceptionOfType(StopIteration.class)
                    .isThrownBy(generator::next)
                    .satisfies(stop -> assertThat(stop.value()).isEqualTo("r"));
            assertThatExceptionOfType(StopIteration.class)
                    .isThrownBy(generator::next)
                    .satisfies(stop -> assertThat(stop.value()).isNull());
            assertThatExceptionOfType(StopIteration.class)
                    .isThrownBy(() -> generator.send(null))
                    .satisfies(stop -> assertThat(stop.value()).isNull());
        }

        @Test
        void theEndIsWhatAnIteratorMayThrow() {
            Generator<Integer> generator = Generator.of(_ -> {});

            assertThatThrownBy(generator::next).isInstanceOf(NoSuchElementException.class);
        }

        @Test
        void theBodyRunsOnlyWhileAValueIsAskedFor() {
            Generator<Integer> generator = oneTwo();

            generator.next();
            assertThat(log).containsExactly("started");
            generator.next();
            assertThat(log).containsExactly("started", "between");
            assertThat(generator.hasNext()).isFalse();

            assertThat(log).containsExactly("started", "between", "ending");
        }

        @Test
        void aForLoopSeesAllValues() {
            List<Integer> seen = new ArrayList<>();

            for (int value : oneTwo()) {
                seen.add(value);
            }

            assertThat(seen).containsExactly(1, 2);
        }

        @Test
        void aSecondForLoopSeesWhatTheFirstLeft() {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        for (int i = 0; i < 5; i++) {
                            y.yield(i);
                        }
                    });
            List<Integer> seen = new ArrayList<>();

            for (int value : generator) {
                if (value == 1) {
                    break;
                }
            }
            for (int value : generator) {
                seen.add(value);
            }

            assertThat(seen).containsExactly(2, 3, 4);
        }

        @Test
        void anInfiniteGeneratorIsAsLongAsItIsAskedFor() {
            try (Generator<Long> fibonacci =
                    Generator.of(y -> {
                        for (long a = 0, b = 1; ; b = a + b, a = b - a) {
                            y.yield(a);
                        }
                    })) {
                long last = 0;
                for (int i = 0; i <= 90; i++) {
                    last = fibonacci.next();
                }

                assertThat(last).isEqualTo(2880067194370816120L);
            }
        }

        @Test
        void nullIsAValueLikeAnyOther() {
            Generator<@Nullable String> generator =
                    Generator.of(y -> {
                        y.yield(null);
                        y.yield("a");
                        y.yield(null);
                    });
            List<@Nullable String> seen = new ArrayList<>();

            while (generator.hasNext()) {
                seen.add(generator.next());
            }

            assertThat(seen).isEqualTo(Arrays.asList(null, "a", null));
        }

        @Test
        void aBodyThatNeverYieldsIsAnEmptySequence() {
            Generator<Integer> generator = Generator.of(_ -> log.add("ran"));

            assertThat(generator.hasNext()).isFalse();
            assertThat(log).containsExactly("ran");
            assertThat(generator.state()).isEqualTo(State.CLOSED);
        }

        @Test
        void lookingAheadToTheEndKeepsTheResult() {
            DuplexGenerator<Integer, Integer, String> generator = DuplexGenerator.of(_ -> "result");

            assertThat(generator.hasNext()).isFalse();
            assertThat(generator.hasNext()).isFalse();

            assertThat(generator.step(null)).isEqualTo(new Step.Returned<>("result"));
            assertThat(generator.step(null)).isEqualTo(new Step.Returned<>(null));
        }

        @Test
        void twoGeneratorsOfOneBodyAreIndependent() {
            Generator.Body<Integer> body =
                    y -> {
                        for (int i = 0; i < 3; i++) {
                            y.yield(i);
                        }
                    };
            Generator<Integer> one = Generator.of(body);
            Generator<Integer> other = Generator.of(body);

            assertThat(List.of(one.next(), one.next(), other.next(), one.next(), other.next()))
                    .containsExactly(0, 1, 0, 2, 1);
            one.close();
            other.close();
        }

        @Test
        void removingIsNotSupported() {
            Generator<Integer> generator = oneTwo();
            generator.next();

            assertThatThrownBy(generator::remove).isInstanceOf(UnsupportedOperationException.class);
            generator.close();
        }
    }

    @Nested
    class WhenLookedAhead {
        private final Generator<Integer> generator = oneTwo();

        @Test
        void askingAgainDoesNotRunTheBodyAgain() {
            assertThat(generator.hasNext()).isTrue();
            assertThat(generator.hasNext()).isTrue();

            assertThat(log).containsExactly("started");
            assertThat(generator.next()).isEqualTo(1);
            generator.close();
        }

        @Test
        void nextGivesTheFetchedValueWithoutRunningTheBody() {
            generator.next();
            assertThat(generator.hasNext()).isTrue();
            log.clear();

            assertThat(generator.next()).isEqualTo(2);

            assertThat(log).isEmpty();
            generator.close();
        }

        @Test
        void theBodyIsSuspendedWhileTheValueWaits() {
            assertThat(generator.hasNext()).isTrue();

            assertThat(generator.state()).isEqualTo(State.SUSPENDED);
            generator.close();
        }

        @Test
        void raiseIsRefusedAndTheValueStays() {
            assertThat(generator.hasNext()).isTrue();

            assertThatThrownBy(() -> generator.raise(new IllegalArgumentException()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("next()");

            assertThat(generator.next()).isEqualTo(1);
            assertThat(generator.next()).isEqualTo(2);
            generator.close();
        }

        @Test
        void sendingAValueIsRefusedAndTheValueStays() {
            DuplexGenerator<Integer, String, @Nullable String> echo =
                    DuplexGenerator.of(y -> y.yield(1));
            assertThat(echo.hasNext()).isTrue();

            assertThatThrownBy(() -> echo.send("a"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("next()");
            assertThatThrownBy(() -> echo.step("a"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("next()");

            assertThat(echo.next()).isEqualTo(1);
            assertThatExceptionOfType(StopIteration.class)
                    .isThrownBy(() -> echo.send("b"))
                    .satisfies(stop -> assertThat(stop.value()).isEqualTo("b"));
        }

        @Test
        void sendingNullTakesTheFetchedValueAsNextDoes() {
            DuplexGenerator<Integer, String, @Nullable String> echo =
                    DuplexGenerator.of(y -> {
                        y.yield(1);
                        y.yield(2);
                        return null;
                    });

            assertThat(echo.hasNext()).isTrue();
            assertThat(echo.send(null)).isEqualTo(1);
            assertThat(echo.hasNext()).isTrue();
            assertThat(echo.step(null)).isEqualTo(new Step.Yielded<>(2));
            assertThat(echo.step(null)).isEqualTo(new Step.Returned<>(null));
        }

        @Test
        void closingDropsTheFetchedValue() {
            assertThat(generator.hasNext()).isTrue();

            generator.close();

            assertThat(generator.hasNext()).isFalse();
            assertThatThrownBy(generator::next).isInstanceOf(StopIteration.class);
        }

        @Test
        void forEachBeginsWithTheFetchedValue() {
            List<Integer> seen = new ArrayList<>();
            assertThat(generator.hasNext()).isTrue();

            generator.forEach(seen::add);

            assertThat(seen).containsExactly(1, 2);
        }

        @Test
        void aStreamBeginsWithTheFetchedValue() {
            assertThat(generator.hasNext()).isTrue();

            assertThat(generator.stream().toList()).containsExactly(1, 2);
        }

        @Test
        void aFailureOfTheBodyComesOutOfHasNextOnce() {
            IllegalArgumentException failure = new IllegalArgumentException("x");
            Generator<Integer> failing =
                    Generator.of(_ -> {
                        throw failure;
                    });

            assertThatThrownBy(failing::hasNext).isSameAs(failure);

            assertThat(failing.hasNext()).isFalse();
            assertThatThrownBy(failing::next).isInstanceOf(StopIteration.class);
        }
    }

    @Nested
    class WhenEnded {
        @Test
        void thereIsNothingMoreHoweverOftenItIsAsked() {
            Generator<Integer> generator = oneTwo();
            generator.forEach(_ -> {});
            log.clear();

            for (int i = 0; i < 3; i++) {
                assertThat(generator.hasNext()).isFalse();
                assertThatThrownBy(generator::next).isInstanceOf(StopIteration.class);
            }
            List<Integer> seen = new ArrayList<>();
            generator.forEach(seen::add);

            assertThat(seen).isEmpty();
            assertThat(generator.stream()).isEmpty();
            assertThat(log).isEmpty();
            assertThat(generator.state()).isEqualTo(State.CLOSED);
        }

        @Test
        void sendingAValueFindsTheEnd() {
            DuplexGenerator<Integer, String, String> generator = DuplexGenerator.of(_ -> "r");
            assertThat(generator.hasNext()).isFalse();

            assertThatThrownBy(() -> generator.send("a")).isInstanceOf(StopIteration.class);
        }
    }
}
