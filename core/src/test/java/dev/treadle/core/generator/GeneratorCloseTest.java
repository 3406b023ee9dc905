package dev.treadle.core.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import dev.treadle.Generator.State;
import dev.treadle.GeneratorExit;
import dev.treadle.StopIteration;
import dev.treadle.core.Behaviour;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Ending a generator before its end.
class GeneratorCloseTest {
    private final List<String> log = new ArrayList<>();

    @Nested
    class WhenNotStarted {
        @Test
        @Behaviour("GEN-13")
        void theBodyNeverRuns() {
            DuplexGenerator<Integer, Void, @Nullable Integer> generator =
                    DuplexGenerator.of(y -> {
                        log.add("started");
                        try {
                            y.yield(1);
                        } catch (GeneratorExit e) {
                            return 0;
                        }
                        return 1;
                    });

            assertThat(generator.finish()).isNull();

            assertThat(generator.state()).isEqualTo(State.CLOSED);
            assertThatThrownBy(generator::next).isInstanceOf(StopIteration.class);
            assertThat(generator.hasNext()).isFalse();
            assertThat(log).isEmpty();
        }
    }

    @Nested
    class WhenSuspended {
        @Test
        @Behaviour("GEN-14")
        void finallyBlocksRunAndNothingElse() {
            DuplexGenerator<Integer, Void, String> generator =
                    DuplexGenerator.of(y -> {
                        try {
                            y.yield(1);
                            log.add("went on");
                        } finally {
                            log.add("finally");
                        }
                        return "end";
                    });
            generator.next();

            assertThat(generator.finish()).isNull();

            assertThat(log).containsExactly("finally");
            assertThat(generator.state()).isEqualTo(State.CLOSED);
        }

        @Test
        @Behaviour("GEN-14")
        void catchingExceptionDoesNotStopIt() {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        while (true) {
                            try {
                                y.yield(1);
                            } catch (Exception e) {
                                log.add("swallowed");
                            }
                        }
                    });
            generator.next();

            generator.close();

            assertThat(log).isEmpty();
            assertThat(generator.state()).isEqualTo(State.CLOSED);
        }

        @Test
        @Behaviour("GEN-14")
        void tryWithResourcesInTheBodyIsUnwound() {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        try (AutoCloseable _ = () -> log.add("outer")) {
                            try (AutoCloseable _ = () -> log.add("inner")) {
                                y.yield(1);
                            }
                        }
                    });
            generator.next();

            generator.close();

            assertThat(log).containsExactly("inner", "outer");
        }

        @Test
        @Behaviour("GEN-15")
        void theResultOfABodyThatReturnsIsReturnedOnce() {
            DuplexGenerator<Integer, Void, @Nullable Integer> generator =
                    DuplexGenerator.of(y -> {
                        try {
                            y.yield(1);
                            return 1;
                        } catch (GeneratorExit e) {
                            return 0;
                        }
                    });
            generator.next();

            assertThat(generator.finish()).isEqualTo(0);
            assertThat(generator.finish()).isNull();
            assertThatExceptionOfType(StopIteration.class)
                    .isThrownBy(generator::next)
                    .satisfies(stop -> assertThat(stop.value()).isNull());
        }

        @Test
        @Behaviour("GEN-16")
        void aBodyThatYieldsAgainIsAnError() {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        try {
                            y.yield(1);
                        } catch (GeneratorExit e) {
                            log.add("ignored");
                            y.yield(2);
                            log.add("resumed");
                        } finally {
                            log.add("finally");
                        }
                    });
            generator.next();

            assertThatThrownBy(generator::close)
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("generator ignored GeneratorExit")
                    .hasNoCause()
                    .hasNoSuppressedExceptions();

            assertThat(generator.state()).isEqualTo(State.SUSPENDED);
            assertThat(log).containsExactly("ignored");
            generator.close();
            assertThat(generator.state()).isEqualTo(State.CLOSED);
            assertThat(log).containsExactly("ignored", "finally");
        }

        @Test
        @Behaviour("GEN-16")
        void aBodyThatIgnoredTheExitMayBeRunOn() {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        try {
                            y.yield(1);
                        } catch (GeneratorExit e) {
                            y.yield(2);
                        }
                        y.yield(3);
                    });
            generator.next();
            assertThatThrownBy(generator::close).isInstanceOf(IllegalStateException.class);

            assertThat(generator.next()).isEqualTo(3);

            assertThat(generator.hasNext()).isFalse();
        }

        @Test
        void aBodyThatThrowsAnotherGeneratorExitIsClosed() {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        try {
                            y.yield(1);
                        } catch (GeneratorExit e) {
                            throw new GeneratorExit();
                        }
                    });
            generator.next();

            generator.close();

            assertThat(generator.state()).isEqualTo(State.CLOSED);
        }

        @Test
        void finallyBlocksNestedThreeDeepRunInsideOut() {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        try {
                            try {
                                try {
                                    y.yield(1);
                                } catch (GeneratorExit e) {
                                    log.add("catch");
                                    throw e;
                                } finally {
                                    log.add("inner");
                                }
                            } finally {
                                log.add("middle");
                            }
                        } finally {
                            log.add("outer");
                        }
                    });
            generator.next();

            generator.close();

            assertThat(log).containsExactly("catch", "inner", "middle", "outer");
        }
    }

    @Nested
    class WhenTheCleanUpFails {
        private Generator<Integer> failing(Exception failure) {
            return Generator.of(y -> {
                try {
                    y.yield(1);
                } catch (GeneratorExit e) {
                    log.add("cleaning");
                    throw failure;
                }
            });
        }

        @Test
        void theFailureComesOutOfCloseWithTheExitSuppressed() {
            IllegalArgumentException failure = new IllegalArgumentException("x");
            Generator<Integer> generator = failing(failure);
            generator.next();

            assertThatThrownBy(generator::close).isSameAs(failure);

            assertThat(failure.getSuppressed()).hasExactlyElementsOfTypes(GeneratorExit.class);
            assertThat(log).containsExactly("cleaning");
            assertThat(generator.state()).isEqualTo(State.CLOSED);
            generator.close();
            assertThat(log).containsExactly("cleaning");
        }

        @Test
        void aCheckedFailureComesOutWrapped() {
            IOException failure = new IOException("x");
            Generator<Integer> generator = failing(failure);
            generator.next();

            assertThatThrownBy(generator::close)
                    .isExactlyInstanceOf(CompletionException.class)
                    .cause()
                    .isSameAs(failure);
        }

        @Test
        void aStopIterationIsNoWayToEnd() {
            Generator<Integer> generator = failing(new StopIteration());
            generator.next();

            assertThatThrownBy(generator::close)
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("generator raised StopIteration");
        }

        @Test
        void laterFinallyBlocksStillRun() {
            IllegalArgumentException failure = new IllegalArgumentException("x");
            Generator<Integer> generator =
                    Generator.of(y -> {
                        try {
                            try (AutoCloseable _ = () -> fail(failure)) {
                                y.yield(1);
                            }
                        } finally {
                            log.add("outer");
                        }
                    });
            generator.next();

            // try-with-resources keeps the GeneratorExit and suppresses the failure: nothing but
            // the exit leaves the body.
            generator.close();

            assertThat(log).containsExactly("failing", "outer");
        }

        private void fail(RuntimeException failure) {
            log.add("failing");
            throw failure;
        }
    }

    @Nested
    class WhenEnded {
        @Test
        @Behaviour("GEN-15")
        void closingAnExhaustedGeneratorReturnsNull() {
            DuplexGenerator<Integer, Void, @Nullable String> generator =
                    DuplexGenerator.of(_ -> "r");
            assertThatThrownBy(generator::next).isInstanceOf(StopIteration.class);

            assertThat(generator.finish()).isNull();
            generator.close();
        }

        @Test
        void closingTwiceRunsTheFinallyBlocksOnce() {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        try {
                            y.yield(1);
                        } finally {
                            log.add("finally");
                        }
                    });
            generator.next();

            generator.close();
            generator.close();

            assertThat(log).containsExactly("finally");
        }
    }
}
