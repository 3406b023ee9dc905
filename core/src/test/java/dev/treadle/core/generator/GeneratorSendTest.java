package dev.treadle.core.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.treadle.DuplexGenerator;
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

/// Sending values into a generator, and getting its result.
class GeneratorSendTest {
    private final List<@Nullable Object> log = new ArrayList<>();

    /// Yields 1, 2, 3, logs what it is sent, returns the last of it.
    private DuplexGenerator<Integer, Object, @Nullable Object> recorder() {
        return DuplexGenerator.of(y -> {
            Object last = null;
            for (int i = 1; i <= 3; i++) {
                last = y.yield(i);
                log.add(last);
            }
            return last;
        });
    }

    @Nested
    class WhenNotStarted {
        @Test
        @Behaviour("GEN-03")
        void sendingAValueIsRefusedAndTheBodyHasNotMoved() {
            DuplexGenerator<Integer, Object, @Nullable Object> generator =
                    DuplexGenerator.of(y -> {
                        log.add("started");
                        return y.yield(1);
                    });

            assertThatIllegalArgumentException().isThrownBy(() -> generator.send("early"));
            assertThatIllegalArgumentException().isThrownBy(() -> generator.step("early"));

            assertThat(log).isEmpty();
            assertThat(generator.state()).isEqualTo(State.CREATED);
            assertThat(generator.next()).isEqualTo(1);
            generator.close();
        }
    }

    @Nested
    class WhenSuspended {
        @Test
        void eachYieldReturnsWhatResumedIt() {
            DuplexGenerator<Integer, Object, @Nullable Object> generator = recorder();

            assertThat(generator.next()).isEqualTo(1);
            assertThat(generator.send("a")).isEqualTo(2);
            assertThat(generator.next()).isEqualTo(3);
            generator.close();

            assertThat(log).isEqualTo(Arrays.asList("a", null));
        }

        @Test
        void aValueSentEarlierDoesNotShowUpAgain() {
            DuplexGenerator<Integer, Object, @Nullable Object> generator = recorder();
            generator.next();

            generator.send("a");
            generator.send(null);
            generator.close();

            assertThat(log).isEqualTo(Arrays.asList("a", null));
        }

        @Test
        @Behaviour("GEN-05")
        void aListThatIsSentAndReturnedIsTheResultItself() {
            List<Integer> sent = List.of(1, 2);

            assertThat(resultOfSending(sent)).isSameAs(sent);
        }

        @Test
        @Behaviour("GEN-05")
        void aStopIterationThatIsSentAndReturnedIsNotThrown() {
            StopIteration sent = new StopIteration("inner");

            assertThat(resultOfSending(sent)).isSameAs(sent);
        }

        private @Nullable Object resultOfSending(Object value) {
            DuplexGenerator<Integer, Object, @Nullable Object> generator =
                    DuplexGenerator.of(y -> y.yield(1));
            generator.next();
            try {
                generator.send(value);
            } catch (StopIteration stop) {
                return stop.value();
            }
            throw new AssertionError("did not end");
        }

        @Test
        void aRunningAverageIsComputedByCoroutineAndCallerTogether() {
            DuplexGenerator<Double, Double, Void> average =
                    DuplexGenerator.of(y -> {
                        double sum = 0;
                        for (int n = 1; ; n++) {
                            Double sent = y.yield(n == 1 ? 0 : sum / (n - 1));
                            sum += sent == null ? 0 : sent;
                        }
                    });

            average.next();

            assertThat(average.send(10.0)).isEqualTo(10.0);
            assertThat(average.send(20.0)).isEqualTo(15.0);
            assertThat(average.send(30.0)).isEqualTo(20.0);
            average.close();
        }

        @Test
        void operandsOnTheStackSurviveASuspension() {
            DuplexGenerator<Integer, Integer, Integer> generator =
                    DuplexGenerator.of(y -> {
                        int base = 100;
                        return base + 10 * value(y.yield(1)) + value(y.yield(2));
                    });

            generator.next();
            generator.send(4);

            assertThatExceptionOfType(StopIteration.class)
                    .isThrownBy(() -> generator.send(2))
                    .satisfies(stop -> assertThat(stop.value()).isEqualTo(142));
        }

        private static int value(@Nullable Integer sent) {
            return sent == null ? 0 : sent;
        }
    }

    @Nested
    class WhenStepped {
        @Test
        void yieldsAndTheReturnAreValues() {
            DuplexGenerator<Integer, Object, @Nullable Object> generator = recorder();

            List<Step<Integer, @Nullable Object>> steps = new ArrayList<>();
            steps.add(generator.step(null));
            steps.add(generator.step("a"));
            steps.add(generator.step("b"));
            steps.add(generator.step("c"));
            steps.add(generator.step("d"));

            assertThat(steps)
                    .containsExactly(
                            new Step.Yielded<>(1),
                            new Step.Yielded<>(2),
                            new Step.Yielded<>(3),
                            new Step.Returned<>("c"),
                            new Step.Returned<>(null));
            assertThat(log).isEqualTo(Arrays.asList("a", "b", "c"));
        }

        @Test
        void aFailureOfTheBodyIsThrown() {
            IllegalArgumentException failure = new IllegalArgumentException("x");
            DuplexGenerator<Integer, Object, Object> generator =
                    DuplexGenerator.of(_ -> {
                        throw failure;
                    });

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> generator.step(null))
                    .satisfies(e -> assertThat(e).isSameAs(failure));
        }
    }

    @Nested
    class WhenTheResultIs {
        @Test
        void nullTheEndCarriesNull() {
            DuplexGenerator<Integer, Object, @Nullable Object> generator =
                    DuplexGenerator.of(_ -> null);

            assertThatExceptionOfType(NoSuchElementException.class)
                    .isThrownBy(generator::next)
                    .isInstanceOfSatisfying(
                            StopIteration.class, stop -> assertThat(stop.value()).isNull());
        }
    }
}
