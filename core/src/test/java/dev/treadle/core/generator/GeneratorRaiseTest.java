package dev.treadle.core.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
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

/// Throwing exceptions into a generator, and getting them out of it.
///
/// GEN-11 (an exception thrown into a body that handles another has that as its context) and the
/// like in GEN-12 and YF-12: the JVM does not know which exception is being handled, so only
/// explicit causes and suppressed exceptions exist.
class GeneratorRaiseTest {
    private final List<Object> log = new ArrayList<>();
    private final IllegalArgumentException failure = new IllegalArgumentException("thrown in");

    @Nested
    class WhenNotStarted {
        private final Generator<Integer> generator =
                Generator.of(y -> {
                    try {
                        log.add("started");
                        y.yield(1);
                    } finally {
                        log.add("finally");
                    }
                });

        @Test
        @Behaviour("GEN-08")
        void theExceptionComesOutAndNoLineOfTheBodyRuns() {
            assertThatThrownBy(() -> generator.raise(failure)).isSameAs(failure);

            assertThat(log).isEmpty();
            assertThat(generator.state()).isEqualTo(State.CLOSED);
            assertThatThrownBy(generator::next).isInstanceOf(StopIteration.class);
            assertThat(log).isEmpty();
        }

        @Test
        void aCheckedExceptionComesOutWrapped() {
            IOException checked = new IOException("x");

            assertThatThrownBy(() -> generator.raise(checked))
                    .isExactlyInstanceOf(CompletionException.class)
                    .cause()
                    .isSameAs(checked);
        }

        @Test
        void aStopIterationComesOutAsItIs() {
            StopIteration stop = new StopIteration(3);

            assertThatThrownBy(() -> generator.raise(stop)).isSameAs(stop);
        }
    }

    @Nested
    class WhenSuspended {
        @Test
        @Behaviour("GEN-06")
        void aBodyThatCatchesMayYieldOn() {
            Generator<String> generator =
                    Generator.of(y -> {
                        try {
                            y.yield("a");
                        } catch (IllegalArgumentException e) {
                            log.add(e);
                            y.yield("b");
                        }
                        y.yield("c");
                    });
            generator.next();

            String answer = generator.raise(failure);

            assertThat(answer).isEqualTo("b");
            assertThat(log).containsExactly(failure);
            assertThat(generator.next()).isEqualTo("c");
            assertThat(generator.hasNext()).isFalse();
        }

        @Test
        @Behaviour("GEN-07")
        void theSameInstanceComesOutWithNothingChained() {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        y.yield(1);
                        log.add("went on");
                    });
            generator.next();

            assertThatThrownBy(() -> generator.raise(failure)).isSameAs(failure);

            assertThat(failure).hasNoCause().hasNoSuppressedExceptions();
            assertThat(log).isEmpty();
            assertThat(generator.state()).isEqualTo(State.CLOSED);
            assertThatExceptionOfType(StopIteration.class)
                    .isThrownBy(generator::next)
                    .satisfies(stop -> assertThat(stop.value()).isNull());
        }

        @Test
        @Behaviour("GEN-10")
        void theResultOfABodyThatCatchesAndReturnsIsCarriedByTheEnd() {
            DuplexGenerator<Integer, Void, String> generator =
                    DuplexGenerator.of(y -> {
                        try {
                            y.yield(1);
                            return "not raised";
                        } catch (IllegalArgumentException e) {
                            return "r";
                        }
                    });
            generator.next();

            assertThatExceptionOfType(StopIteration.class)
                    .isThrownBy(() -> generator.raise(failure))
                    .satisfies(stop -> assertThat(stop.value()).isEqualTo("r"));
        }

        @Test
        @Behaviour("GEN-12")
        void anExceptionThatIsCaughtAndRethrownLaterIsTheOriginalOne() {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        try {
                            y.yield(1);
                        } catch (IllegalArgumentException e) {
                            y.yield(2);
                            y.yield(3);
                            throw e;
                        }
                    });
            generator.next();

            assertThat(generator.raise(failure)).isEqualTo(2);
            assertThat(generator.next()).isEqualTo(3);
            assertThatThrownBy(generator::next).isSameAs(failure);
            assertThat(failure).hasNoCause().hasNoSuppressedExceptions();
        }

        @Test
        void finallyBlocksRunOnTheWayOut() {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        try {
                            try {
                                y.yield(1);
                            } finally {
                                log.add("inner");
                            }
                        } finally {
                            log.add("outer");
                        }
                    });
            generator.next();

            assertThatThrownBy(() -> generator.raise(failure)).isSameAs(failure);

            assertThat(log).containsExactly("inner", "outer");
        }

        @Test
        void aFinallyBlockMayYieldBeforeTheExceptionGoesOn() {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        try {
                            y.yield(1);
                        } finally {
                            y.yield(2);
                        }
                    });
            generator.next();

            assertThat(generator.raise(failure)).isEqualTo(2);
            assertThatThrownBy(generator::next).isSameAs(failure);
        }

        @Test
        void yieldsInTryCatchAndFinallyThreeDeepKeepTheirOrder() {
            IllegalArgumentException second = new IllegalArgumentException("second");
            Generator<String> generator =
                    Generator.of(y -> {
                        try {
                            y.yield("outer try");
                            try {
                                y.yield("middle try");
                                try {
                                    y.yield("inner try");
                                } catch (IllegalArgumentException e) {
                                    log.add(e);
                                    y.yield("inner catch");
                                } finally {
                                    y.yield("inner finally");
                                }
                                y.yield("after inner");
                            } catch (IllegalArgumentException e) {
                                log.add(e);
                                y.yield("middle catch");
                            } finally {
                                y.yield("middle finally");
                            }
                        } finally {
                            y.yield("outer finally");
                        }
                    });

            assertThat(generator.next()).isEqualTo("outer try");
            assertThat(generator.next()).isEqualTo("middle try");
            assertThat(generator.next()).isEqualTo("inner try");
            assertThat(generator.raise(failure)).isEqualTo("inner catch");
            assertThat(generator.raise(second)).isEqualTo("inner finally");
            assertThat(generator.next()).isEqualTo("middle catch");
            assertThat(generator.next()).isEqualTo("middle finally");
            assertThat(generator.next()).isEqualTo("outer finally");
            assertThat(generator.hasNext()).isFalse();
            assertThat(log).containsExactly(failure, second);
        }

        @Test
        void aCheckedExceptionArrivesAndLeavesWrapped() {
            IOException checked = new IOException("x");
            Generator<Integer> generator =
                    Generator.of(y -> {
                        try {
                            y.yield(1);
                        } catch (CompletionException e) {
                            log.add(e);
                            throw e;
                        }
                    });
            generator.next();

            assertThatThrownBy(() -> generator.raise(checked))
                    .isExactlyInstanceOf(CompletionException.class)
                    .satisfies(e -> assertThat(log).containsExactly(e))
                    .cause()
                    .isSameAs(checked);
        }

        @Test
        void anErrorComesOutAsTheSameInstance() {
            AssertionError error = new AssertionError("x");
            Generator<Integer> generator = Generator.of(y -> y.yield(1));
            generator.next();

            assertThatThrownBy(() -> generator.raise(error)).isSameAs(error);
        }

        @Test
        void aGeneratorExitThatIsRaisedComesOutAndCloses() {
            GeneratorExit exit = new GeneratorExit();
            Generator<Integer> generator =
                    Generator.of(y -> {
                        try {
                            y.yield(1);
                        } finally {
                            log.add("finally");
                        }
                    });
            generator.next();

            assertThatThrownBy(() -> generator.raise(exit)).isSameAs(exit);

            assertThat(log).containsExactly("finally");
            assertThat(generator.state()).isEqualTo(State.CLOSED);
        }

        @Test
        void aGeneratorExitThatIsRaisedMayBeAnsweredByAYield() {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        try {
                            y.yield(1);
                        } catch (GeneratorExit e) {
                            y.yield(2);
                        }
                    });
            generator.next();

            assertThat(generator.raise(new GeneratorExit())).isEqualTo(2);
            generator.close();
        }

        @Test
        void anExceptionThatWasThrownInDoesNotShowUpAgain() {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        try {
                            y.yield(1);
                        } catch (IllegalArgumentException e) {
                            log.add("caught");
                        }
                        y.yield(2);
                        y.yield(3);
                    });
            generator.next();

            assertThat(generator.raise(failure)).isEqualTo(2);
            assertThat(generator.next()).isEqualTo(3);
            assertThat(log).containsExactly("caught");
            generator.close();
        }

        @Test
        @SuppressWarnings("NullAway") // on purpose
        void nullIsRefused() {
            Generator<Integer> generator = Generator.of(y -> y.yield(1));
            generator.next();

            assertThatNullPointerException().isThrownBy(() -> generator.raise(null));

            assertThat(generator.state()).isEqualTo(State.SUSPENDED);
            generator.close();
        }
    }

    @Nested
    class WhenEnded {
        @Test
        @Behaviour("GEN-09")
        void theExceptionComesOutOfAFinishedGenerator() {
            Generator<Integer> generator = Generator.of(_ -> {});
            assertThat(generator.hasNext()).isFalse();

            assertThatThrownBy(() -> generator.raise(failure)).isSameAs(failure);
            assertThatThrownBy(() -> generator.raise(failure)).isSameAs(failure);
        }

        @Test
        @Behaviour("GEN-09")
        void theExceptionComesOutOfAClosedGenerator() {
            Generator<Integer> generator = Generator.of(y -> y.yield(1));
            generator.next();
            generator.close();

            assertThatThrownBy(() -> generator.raise(failure)).isSameAs(failure);
        }
    }

    @Nested
    class WhenTheBodyThrows {
        private Generator<Integer> throwing(Exception exception) {
            return Generator.of(y -> {
                y.yield(1);
                throw exception;
            });
        }

        @Test
        void anUncheckedExceptionComesOutAsTheSameInstanceAndEndsIt() {
            Generator<Integer> generator = throwing(failure);
            generator.next();

            assertThatThrownBy(generator::next).isSameAs(failure);

            assertThat(failure).hasNoCause().hasNoSuppressedExceptions();
            assertThat(generator.state()).isEqualTo(State.CLOSED);
            assertThat(generator.hasNext()).isFalse();
        }

        @Test
        void aCheckedExceptionComesOutWrapped() {
            IOException checked = new IOException("x");
            Generator<Integer> generator = throwing(checked);
            generator.next();

            assertThatThrownBy(generator::next)
                    .isExactlyInstanceOf(CompletionException.class)
                    .cause()
                    .isSameAs(checked);
        }

        @Test
        void anErrorComesOutAsTheSameInstance() {
            AssertionError error = new AssertionError("x");
            Generator<Integer> generator =
                    Generator.of(_ -> {
                        throw error;
                    });

            assertThatThrownBy(generator::next).isSameAs(error);
        }

        @Test
        void aStackOverflowOfTheBodyComesOut() {
            Generator<Integer> generator = Generator.of(y -> y.yield(endless(1)));

            assertThatThrownBy(generator::next).isInstanceOf(StackOverflowError.class);

            assertThat(generator.state()).isEqualTo(State.CLOSED);
        }

        @SuppressWarnings("InfiniteRecursion") // on purpose
        private static int endless(int depth) {
            return 1 + endless(depth + 1);
        }

        @Test
        @Behaviour("GEN-19")
        void aStopIterationBecomesAnIllegalStateExceptionCausedByIt() {
            StopIteration stop = new StopIteration("r");
            Generator<Integer> generator = throwing(stop);
            generator.next();

            assertThatThrownBy(generator::next)
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("generator raised StopIteration")
                    .cause()
                    .isSameAs(stop);

            assertThatExceptionOfType(StopIteration.class)
                    .isThrownBy(generator::next)
                    .satisfies(end -> assertThat(end.value()).isNull());
        }

        @Test
        @Behaviour("GEN-19")
        void theStopIterationOfAnExhaustedGeneratorDoesNotEndTheOneThatDrivesIt() {
            Generator<Integer> empty = Generator.of(_ -> {});
            Generator<Integer> generator = Generator.of(y -> y.yield(empty.next()));

            assertThatThrownBy(generator::next)
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasCauseInstanceOf(StopIteration.class);
        }

        @Test
        @Behaviour("YF-12")
        void aStopIterationThatIsRaisedInABodyBecomesAnIllegalStateException() {
            StopIteration stop = new StopIteration("r");
            Generator<Integer> generator = Generator.of(y -> y.yield(1));
            generator.next();

            assertThatThrownBy(() -> generator.raise(stop))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("generator raised StopIteration")
                    .cause()
                    .isSameAs(stop);
        }

        @Test
        void itsStackTraceShowsTheLineOfTheBody() {
            Generator<@Nullable Object> generator =
                    Generator.of(_ -> {
                        throw new IllegalStateException("here");
                    });

            assertThatThrownBy(generator::next)
                    .extracting(Throwable::getStackTrace)
                    .satisfies(trace ->
                            assertThat(trace[0].getClassName())
                                    .startsWith(GeneratorRaiseTest.class.getName()));
        }
    }
}
