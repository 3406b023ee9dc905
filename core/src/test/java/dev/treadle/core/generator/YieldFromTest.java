package dev.treadle.core.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import dev.treadle.Generator.State;
import dev.treadle.GeneratorExit;
import dev.treadle.StopIteration;
import dev.treadle.Yielder;
import dev.treadle.core.Behaviour;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Delegation from one generator to another.
class YieldFromTest {
    private final List<@Nullable Object> log = new ArrayList<>();
    private final IllegalArgumentException failure = new IllegalArgumentException("thrown in");

    /// Yields 1, 2, 3, logs what is sent to it under its name, returns "result".
    private DuplexGenerator<Integer, Object, @Nullable Object> inner() {
        return DuplexGenerator.of(y -> {
            for (int i = 1; i <= 3; i++) {
                log.add("inner got " + y.yield(i));
            }
            return "result";
        });
    }

    /// Delegates, yields what the delegation came to, logs its clean-up.
    private DuplexGenerator<Object, Object, @Nullable Object> outer(
            DuplexGenerator<? extends Object, Object, ?> inner) {
        return DuplexGenerator.of(y -> {
            try {
                Object result = y.yieldFrom(inner);
                log.add("outer got " + y.yield("inner gave " + result));
                return "end";
            } finally {
                log.add("outer finally");
            }
        });
    }

    private static @Nullable Object resultOf(DuplexGenerator<?, ?, ?> generator) {
        try {
            throw new AssertionError("yielded " + generator.next());
        } catch (StopIteration stop) {
            return stop.value();
        }
    }

    /// A class that cannot be initialized, and so its body cannot begin.
    private static final class Broken {
        static final int NUMBER = Integer.parseInt("none");

        static @Nullable Object body(Yielder<Integer, Object> y) {
            y.yield(NUMBER);
            return null;
        }
    }

    @Nested
    class OfABodyThatCannotBegin {

        @Test
        void itsFailureSurfacesWhereItIsDelegatedTo() {
            DuplexGenerator<Integer, Object, @Nullable Object> broken =
                    DuplexGenerator.of(Broken::body);
            DuplexGenerator<Object, Object, @Nullable Object> middle =
                    DuplexGenerator.of(y -> {
                        y.yield("begun");
                        try {
                            return y.yieldFrom(broken);
                        } catch (LinkageError e) {
                            log.add("caught");
                            return y.yield("went on");
                        }
                    });
            DuplexGenerator<Object, Object, @Nullable Object> outer = outer(middle);

            assertThat(outer.next()).isEqualTo("begun");
            assertThat(outer.next()).isEqualTo("went on");
            assertThat(broken.state()).isEqualTo(State.CLOSED);
            assertThat(middle.state()).isEqualTo(State.SUSPENDED);
            middle.close();
            assertThat(outer.next()).isEqualTo("inner gave null");
            outer.close();

            assertThat(log).containsExactly("caught", "outer finally");
        }
    }

    @Nested
    class OfValues {
        @Test
        @Behaviour("YF-01")
        void theFirstStepOfTheOuterOneStartsTheInnerOne() {
            DuplexGenerator<Integer, Object, @Nullable Object> inner = inner();
            DuplexGenerator<Object, Object, @Nullable Object> outer = outer(inner);

            assertThat(inner.state()).isEqualTo(State.CREATED);
            assertThat(outer.next()).isEqualTo(1);
            assertThat(inner.state()).isEqualTo(State.SUSPENDED);
            outer.close();
        }

        @Test
        @Behaviour("YF-01")
        void aFailureOfTheInnerOnesFirstStepGoesThroughTheOuterOne() {
            DuplexGenerator<Integer, Object, Object> inner =
                    DuplexGenerator.of(_ -> {
                        throw failure;
                    });
            DuplexGenerator<Object, Object, @Nullable Object> outer = outer(inner);

            assertThatThrownBy(outer::next).isSameAs(failure);

            assertThat(log).containsExactly("outer finally");
            assertThat(outer.state()).isEqualTo(State.CLOSED);
        }

        @Test
        void theOuterOneGoesOnWhenTheInnerOneEnds() {
            List<Object> seen = new ArrayList<>();

            outer(inner()).forEachRemaining(seen::add);

            assertThat(seen).containsExactly(1, 2, 3, "inner gave result");
        }

        @Test
        void anInnerOneThatHasStartedIsRunOnFromWhereItIs() {
            DuplexGenerator<Integer, Object, @Nullable Object> inner = inner();
            inner.next();
            DuplexGenerator<Object, Object, @Nullable Object> outer = outer(inner);

            assertThat(outer.next()).isEqualTo(2);
            outer.close();
        }

        @Test
        void aValueThatWasFetchedFromTheInnerOneComesFirst() {
            DuplexGenerator<Integer, Object, @Nullable Object> inner = inner();
            assertThat(inner.hasNext()).isTrue();
            DuplexGenerator<Object, Object, @Nullable Object> outer = outer(inner);

            assertThat(outer.next()).isEqualTo(1);
            assertThat(outer.next()).isEqualTo(2);
            outer.close();
        }

        @Test
        void anInnerOneThatHasEndedYieldsNothingAndGivesNull() {
            DuplexGenerator<Integer, Object, @Nullable Object> inner = inner();
            inner.close();

            assertThat(outer(inner).next()).isEqualTo("inner gave null");
        }

        @Test
        void oneInnerGeneratorMayServeSeveralOuterOnesInTurn() {
            DuplexGenerator<Integer, Object, @Nullable Object> inner = inner();
            DuplexGenerator<Object, Object, @Nullable Object> one = outer(inner);
            DuplexGenerator<Object, Object, @Nullable Object> other = outer(inner);

            assertThat(one.next()).isEqualTo(1);
            assertThat(other.next()).isEqualTo(2);
            assertThat(one.next()).isEqualTo(3);
            assertThat(other.next()).isEqualTo("inner gave result");
            assertThat(one.next()).isEqualTo("inner gave null");
            one.close();
            other.close();
        }

        @Test
        void severalDelegationsFollowOneAnother() {
            Generator<Integer> generator =
                    Generator.of(y -> {
                        y.yieldFrom(range(0, 2));
                        y.yieldFrom(List.of(10, 11));
                        y.yieldFrom(List.of(20).iterator());
                        y.yieldFrom(Generator.<Integer>of(_ -> {}));
                        y.yield(30);
                    });
            List<Integer> seen = new ArrayList<>();

            while (generator.hasNext()) {
                seen.add(generator.next());
            }

            assertThat(seen).containsExactly(0, 1, 10, 11, 20, 30);
        }

        @Test
        void nullValuesPassThrough() {
            DuplexGenerator<@Nullable String, Object, @Nullable Object> inner =
                    DuplexGenerator.of(y -> {
                        y.yield(null);
                        y.yield("a");
                        return null;
                    });
            DuplexGenerator<@Nullable String, Object, @Nullable Object> outer =
                    DuplexGenerator.of(y -> y.yieldFrom(inner));

            assertThat(outer.next()).isNull();
            assertThat(outer.next()).isEqualTo("a");
            assertThat(outer.hasNext()).isFalse();
        }

        @Test
        void delegationWorksTwoHundredDeep() {
            DuplexGenerator<Integer, Integer, Integer> top = nested(200);
            List<Integer> seen = new ArrayList<>();

            seen.add(top.next());
            seen.add(top.send(10));
            seen.add(top.raise(failure));

            assertThat(seen).containsExactly(1, 10, -1);
            assertThatExceptionOfType(StopIteration.class)
                    .isThrownBy(top::next)
                    .satisfies(stop -> assertThat(stop.value()).isEqualTo(200));
        }

        private static DuplexGenerator<Integer, Integer, Integer> nested(int depth) {
            return DuplexGenerator.of(y -> {
                if (depth > 0) {
                    Integer below = y.yieldFrom(nested(depth - 1));
                    return below == null ? -1000 : below + 1;
                }
                Integer sent = y.yield(1);
                try {
                    y.yield(sent == null ? 0 : sent);
                } catch (IllegalArgumentException e) {
                    y.yield(-1);
                }
                return 0;
            });
        }
    }

    private static Generator<Integer> range(int from, int to) {
        return Generator.of(y -> {
            for (int i = from; i < to; i++) {
                y.yield(i);
            }
        });
    }

    @Nested
    class WhenSentTo {
        @Test
        @Behaviour("YF-02")
        void theInnerOneReceivesAllUntilItEnds() {
            DuplexGenerator<Object, Object, @Nullable Object> outer = outer(inner());

            outer.next();
            outer.send("a");
            outer.next();
            outer.send("c");
            assertThatThrownBy(() -> outer.send("d")).isInstanceOf(StopIteration.class);

            assertThat(log)
                    .containsExactly(
                            "inner got a",
                            "inner got null",
                            "inner got c",
                            "outer got d",
                            "outer finally");
        }

        @Test
        void aPlainGeneratorIsResumedWithoutTheValue() {
            DuplexGenerator<Integer, String, @Nullable Object> outer =
                    DuplexGenerator.of(y -> {
                        y.yieldFrom(range(1, 3));
                        return y.yield(9);
                    });

            assertThat(outer.next()).isEqualTo(1);
            assertThat(outer.send("a")).isEqualTo(2);
            assertThat(outer.send("b")).isEqualTo(9);
            outer.close();
        }

        @Test
        void aPlainIteratorTakesNullOnly() {
            DuplexGenerator<Integer, String, @Nullable Object> outer =
                    DuplexGenerator.of(y -> {
                        try {
                            return y.yieldFrom(List.of(1, 2, 3));
                        } catch (UnsupportedOperationException e) {
                            return "refused";
                        }
                    });

            assertThat(outer.next()).isEqualTo(1);
            assertThat(outer.send(null)).isEqualTo(2);
            assertThatExceptionOfType(StopIteration.class)
                    .isThrownBy(() -> outer.send("a"))
                    .satisfies(stop -> assertThat(stop.value()).isEqualTo("refused"));
        }
    }

    @Nested
    class WhenRaisedIn {
        /// Answers an exception by returning a value.
        private DuplexGenerator<Integer, Object, @Nullable Object> answering(Object answer) {
            return DuplexGenerator.of(y -> {
                try {
                    y.yield(1);
                    return "not raised";
                } catch (IllegalArgumentException e) {
                    return answer;
                }
            });
        }

        private DuplexGenerator<Integer, Object, @Nullable Object> returning(
                DuplexGenerator<Integer, Object, @Nullable Object> inner) {
            return DuplexGenerator.of(y -> {
                Object result = y.yieldFrom(inner);
                y.yield(2);
                return result;
            });
        }

        @Test
        @Behaviour("YF-05")
        void theOuterOneGoesOnWithWhatTheInnerOneReturnsInAnswer() {
            for (Object answer : List.of("v", List.of(1, 2), new StopIteration("x"))) {
                DuplexGenerator<Integer, Object, @Nullable Object> outer =
                        returning(answering(answer));
                outer.next();

                assertThat(outer.raise(failure)).isEqualTo(2);
                assertThat(resultOf(outer)).isSameAs(answer);
            }
        }

        @Test
        void anInnerOneThatCatchesAndYieldsGoesOn() {
            DuplexGenerator<Integer, Object, @Nullable Object> inner =
                    DuplexGenerator.of(y -> {
                        try {
                            y.yield(1);
                        } catch (IllegalArgumentException e) {
                            log.add(e);
                        }
                        y.yield(2);
                        return null;
                    });
            DuplexGenerator<Object, Object, @Nullable Object> outer = outer(inner);
            outer.next();

            assertThat(outer.raise(failure)).isEqualTo(2);

            assertThat(log).containsExactly(failure);
            outer.close();
        }

        @Test
        void anExceptionThatTheInnerOneLetsGoIsTheOutersToCatch() {
            Generator<Integer> outer =
                    Generator.of(y -> {
                        try {
                            y.yieldFrom(
                                    Generator.<Integer>of(z -> {
                                        try {
                                            z.yield(1);
                                        } finally {
                                            log.add("inner finally");
                                        }
                                    }));
                        } catch (IllegalArgumentException e) {
                            log.add(e);
                            y.yield(2);
                        }
                    });
            outer.next();

            assertThat(outer.raise(failure)).isEqualTo(2);

            assertThat(log).containsExactly("inner finally", failure);
            outer.close();
        }

        @Test
        @Behaviour("YF-06")
        void aPlainIteratorHasItSurfaceInTheOuterOne() {
            List<Integer> plain = List.of(1, 2, 3);
            Generator<Integer> outer =
                    Generator.of(y -> {
                        try {
                            y.yieldFrom(plain);
                        } finally {
                            log.add("outer finally");
                        }
                    });
            outer.next();

            assertThatThrownBy(() -> outer.raise(failure)).isSameAs(failure);

            assertThat(log).containsExactly("outer finally");
        }

        @Test
        @Behaviour("YF-10")
        void aGeneratorExitClosesTheInnerOneAndGoesOnInTheOuterOne() {
            GeneratorExit exit = new GeneratorExit();
            DuplexGenerator<Integer, Object, @Nullable Object> inner =
                    DuplexGenerator.of(y -> {
                        try {
                            y.yield(1);
                        } catch (GeneratorExit e) {
                            log.add("inner swallowed");
                        }
                        return "r";
                    });
            DuplexGenerator<Object, Object, @Nullable Object> outer = outer(inner);
            outer.next();

            assertThatThrownBy(() -> outer.raise(exit)).isSameAs(exit);

            assertThat(log).containsExactly("inner swallowed", "outer finally");
            assertThat(inner.state()).isEqualTo(State.CLOSED);
        }

        @Test
        @Behaviour("YF-12")
        void aStopIterationThatNobodyCatchesBecomesAnIllegalStateException() {
            StopIteration stop = new StopIteration("thrown in");
            DuplexGenerator<Object, Object, @Nullable Object> outer = outer(inner());
            outer.next();

            assertThatThrownBy(() -> outer.raise(stop))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("generator raised StopIteration")
                    .cause()
                    .isSameAs(stop);
            assertThat(resultOf(outer)).isNull();
        }

        @Test
        @Behaviour("YF-12")
        void aStopIterationAtAPlainIteratorBecomesAnIllegalStateException() {
            StopIteration stop = new StopIteration("thrown in");
            Generator<Integer> outer = Generator.of(y -> y.yieldFrom(List.of(1, 2)));
            outer.next();

            assertThatThrownBy(() -> outer.raise(stop))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("generator raised StopIteration")
                    .cause()
                    .isSameAs(stop);
        }

        @Test
        void aCheckedExceptionReachesTheInnerOneWrappedOnce() {
            IOException checked = new IOException("x");
            DuplexGenerator<Object, Object, @Nullable Object> outer = outer(inner());
            outer.next();

            assertThatThrownBy(() -> outer.raise(checked))
                    .isExactlyInstanceOf(CompletionException.class)
                    .cause()
                    .isSameAs(checked);
        }
    }

    @Nested
    class WhenClosed {
        /// Logs its clean-up, and answers the exit in that way.
        private DuplexGenerator<Integer, Object, @Nullable Object> inner(Runnable answer) {
            return DuplexGenerator.of(y -> {
                try {
                    y.yield(1);
                } catch (GeneratorExit e) {
                    log.add("inner exit");
                    answer.run();
                } finally {
                    log.add("inner finally");
                }
                return null;
            });
        }

        @Test
        void theInnerOneIsClosedFirst() {
            DuplexGenerator<Integer, Object, @Nullable Object> inner = inner(() -> {});
            DuplexGenerator<Object, Object, @Nullable Object> outer = outer(inner);
            outer.next();

            outer.close();

            assertThat(log).containsExactly("inner exit", "inner finally", "outer finally");
            assertThat(inner.state()).isEqualTo(State.CLOSED);
            assertThat(outer.state()).isEqualTo(State.CLOSED);
        }

        @Test
        @Behaviour("YF-08")
        void aFailureOfTheInnersCleanUpComesOutWithTheExitSuppressed() {
            DuplexGenerator<Object, Object, @Nullable Object> outer =
                    outer(
                            inner(() -> {
                                throw failure;
                            }));
            outer.next();

            assertThatThrownBy(outer::close).isSameAs(failure);

            assertThat(log).containsExactly("inner exit", "inner finally", "outer finally");
            assertThat(failure.getSuppressed())
                    .isNotEmpty()
                    .hasOnlyElementsOfType(GeneratorExit.class);
        }

        @Test
        void theOuterOneMayCatchAFailureOfTheInnersCleanUp() {
            DuplexGenerator<Integer, Object, @Nullable Object> inner =
                    inner(() -> {
                        throw failure;
                    });
            DuplexGenerator<Integer, Object, @Nullable Object> outer =
                    DuplexGenerator.of(y -> {
                        try {
                            return y.yieldFrom(inner);
                        } catch (IllegalArgumentException e) {
                            return "caught";
                        }
                    });
            outer.next();

            assertThat(outer.finish()).isEqualTo("caught");
        }

        @Test
        void anInnerOneThatIgnoresTheExitIsAnErrorInTheOuterOne() {
            DuplexGenerator<Integer, Object, @Nullable Object> inner =
                    DuplexGenerator.of(y -> {
                        try {
                            y.yield(1);
                        } catch (GeneratorExit e) {
                            y.yield(2);
                        }
                        return null;
                    });
            DuplexGenerator<Object, Object, @Nullable Object> outer = outer(inner);
            outer.next();

            assertThatThrownBy(outer::close)
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("generator ignored GeneratorExit");

            assertThat(log).containsExactly("outer finally");
            assertThat(outer.state()).isEqualTo(State.CLOSED);
            assertThat(inner.state()).isEqualTo(State.SUSPENDED);
            inner.close();
        }

        @Test
        void aChainIsClosedInsideOut() {
            Generator<Integer> top = chain(3);
            top.next();

            top.close();

            assertThat(log).containsExactly(0, 1, 2, 3);
        }

        private Generator<Integer> chain(int level) {
            return Generator.of(y -> {
                try {
                    if (level == 0) {
                        y.yield(1);
                    } else {
                        y.yieldFrom(chain(level - 1));
                    }
                } finally {
                    log.add(level);
                }
            });
        }
    }

    @Nested
    class OfResults {
        @Test
        @Behaviour("YF-09")
        void theExpressionIsWhatTheInnerOneReturns() {
            assertThat(resultOfDelegatingTo("r")).isEqualTo("r");
        }

        @Test
        @Behaviour("YF-09")
        void theExpressionIsNullIfTheInnerOneReturnsNothing() {
            assertThat(resultOfDelegatingTo(null)).isNull();
        }

        private static @Nullable Object resultOfDelegatingTo(@Nullable String result) {
            DuplexGenerator<Integer, Object, @Nullable String> inner =
                    DuplexGenerator.of(y -> {
                        y.yield(1);
                        return result;
                    });
            DuplexGenerator<Integer, Object, @Nullable String> outer =
                    DuplexGenerator.of(y -> y.yieldFrom(inner));
            outer.next();
            return resultOf(outer);
        }

        @Test
        @Behaviour("YF-09")
        void theExpressionIsTheValueOfAnIteratorsStopIteration() {
            Iterator<Integer> custom =
                    new Iterator<>() {
                        private int next = 1;

                        @Override
                        public boolean hasNext() {
                            return true;
                        }

                        @Override
                        public Integer next() {
                            if (next > 2) {
                                throw new StopIteration(42);
                            }
                            return next++;
                        }
                    };
            DuplexGenerator<Integer, Object, @Nullable Object> outer =
                    DuplexGenerator.of(y -> y.yieldFrom(custom));

            assertThat(outer.next()).isEqualTo(1);
            assertThat(outer.next()).isEqualTo(2);
            assertThat(resultOf(outer)).isEqualTo(42);
        }

        @Test
        void theExpressionIsNullForAPlainIterator() {
            DuplexGenerator<Integer, Object, @Nullable Object> outer =
                    DuplexGenerator.of(y -> Arrays.asList(y.yieldFrom(List.of(1))));
            outer.next();

            assertThat(resultOf(outer)).isEqualTo(Arrays.asList((Object) null));
        }

        @Test
        void aGeneratorUnderItsInterfaceOfIteratorIsStillAGenerator() {
            Iterator<Integer> inner = inner();
            DuplexGenerator<Integer, Object, @Nullable Object> outer =
                    DuplexGenerator.of(y -> y.yieldFrom(inner));

            outer.next();
            outer.send("a");
            outer.send("b");

            assertThat(log).containsExactly("inner got a", "inner got b");
            assertThat(resultOf(outer)).isEqualTo("result");
        }
    }

    @Nested
    class OfEmptySources {
        @Test
        @Behaviour("YF-15")
        void theOuterOneGoesOnAtOnce() {
            Generator<Integer> outer =
                    Generator.of(y -> {
                        y.yieldFrom(List.<Integer>of());
                        y.yieldFrom(List.<Integer>of().iterator());
                        y.yieldFrom(Generator.<Integer>of(_ -> {}));
                        y.yieldFrom(DuplexGenerator.<Integer, Void, @Nullable Void>of(_ -> null));
                        y.yield(1);
                    });

            assertThat(outer.next()).isEqualTo(1);
            outer.close();
        }

        @Test
        @Behaviour("YF-15")
        void aFailureToMakeTheIteratorComesOutOfTheOuterOne() {
            Iterable<Integer> broken =
                    () -> {
                        throw failure;
                    };
            Generator<Integer> outer =
                    Generator.of(y -> {
                        try {
                            y.yieldFrom(broken);
                        } finally {
                            log.add("outer finally");
                        }
                    });

            assertThatThrownBy(outer::next).isSameAs(failure);
            assertThat(log).containsExactly("outer finally");
        }

        @Test
        void aFailureOfAnIteratorComesOutOfTheOuterOne() {
            Iterator<Integer> broken =
                    new Iterator<>() {
                        @Override
                        public boolean hasNext() {
                            return true;
                        }

                        @Override
                        public Integer next() {
                            throw failure;
                        }
                    };
            Generator<Integer> outer = Generator.of(y -> y.yieldFrom(broken));

            assertThatThrownBy(outer::next).isSameAs(failure);
        }
    }

    @Nested
    class OfIteratorsThatCanBeClosed {
        @FunctionalInterface
        private interface Action {
            void run() throws IOException;
        }

        /// Counts from 1 to 3; closing it is an action.
        private final class Closeable implements Iterator<Integer>, AutoCloseable {
            private final Action action;
            private int next = 1;

            Closeable(Action action) {
                this.action = action;
            }

            @Override
            public boolean hasNext() {
                return next <= 3;
            }

            @Override
            public Integer next() {
                return next++;
            }

            @Override
            public void close() throws IOException {
                log.add("delegate closed");
                action.run();
            }
        }

        private Generator<Integer> outer(Closeable delegate) {
            return Generator.of(y -> {
                try {
                    y.yieldFrom(delegate);
                } finally {
                    log.add("outer finally");
                }
            });
        }

        @Test
        @Behaviour("YF-14")
        void theDelegateIsClosedOnceWhileTheOuterOneRuns() {
            AtomicReference<@Nullable Generator<Integer>> self = new AtomicReference<>();
            Closeable delegate =
                    new Closeable(() -> {
                        Generator<Integer> outer = Objects.requireNonNull(self.get());
                        log.add(outer.state());
                        assertThatThrownBy(outer::next)
                                .isExactlyInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("already executing");
                    });
            Generator<Integer> outer = outer(delegate);
            self.set(outer);
            outer.next();

            outer.close();

            assertThat(log).containsExactly("delegate closed", State.RUNNING, "outer finally");
        }

        @Test
        void aGeneratorExitThatIsRaisedClosesTheDelegateToo() {
            GeneratorExit exit = new GeneratorExit();
            Generator<Integer> outer = outer(new Closeable(() -> {}));
            outer.next();

            assertThatThrownBy(() -> outer.raise(exit)).isSameAs(exit);

            assertThat(log).containsExactly("delegate closed", "outer finally");
        }

        @Test
        void otherExceptionsLeaveTheDelegateOpen() {
            Generator<Integer> outer = outer(new Closeable(() -> {}));
            outer.next();

            assertThatThrownBy(() -> outer.raise(failure)).isSameAs(failure);

            assertThat(log).containsExactly("outer finally");
        }

        @Test
        void anExhaustedDelegateIsNotClosed() {
            Generator<Integer> outer = outer(new Closeable(() -> {}));

            assertThat(outer.next() + outer.next() + outer.next()).isEqualTo(6);
            assertThat(outer.hasNext()).isFalse();

            assertThat(log).containsExactly("outer finally");
        }

        @Test
        void aFailureToCloseTheDelegateComesOut() {
            Generator<Integer> outer =
                    outer(
                            new Closeable(() -> {
                                throw failure;
                            }));
            outer.next();

            assertThatThrownBy(outer::close).isSameAs(failure);

            assertThat(log).containsExactly("delegate closed", "outer finally");
            assertThat(outer.state()).isEqualTo(State.CLOSED);
        }

        @Test
        void aCheckedFailureToCloseTheDelegateComesOutWrapped() {
            IOException checked = new IOException("x");
            Generator<Integer> outer =
                    outer(
                            new Closeable(() -> {
                                throw checked;
                            }));
            outer.next();

            assertThatThrownBy(outer::close)
                    .isExactlyInstanceOf(CompletionException.class)
                    .cause()
                    .isSameAs(checked);
        }
    }

    @Nested
    class OfGeneratorsThatDelegateToEachOther {
        @Test
        @Behaviour("YF-13")
        void theCircleIsRefusedWhereItCloses() {
            AtomicReference<@Nullable Generator<Integer>> one = new AtomicReference<>();
            Generator<Integer> two =
                    Generator.of(y -> {
                        y.yield(1);
                        try {
                            delegate(y, one.get());
                        } catch (IllegalStateException e) {
                            log.add(e.getMessage());
                            y.yield(2);
                        }
                    });
            one.set(Generator.of(y -> y.yieldFrom(two)));
            Generator<Integer> outer = one.get();
            List<Integer> seen = new ArrayList<>();

            while (outer != null && outer.hasNext()) {
                seen.add(outer.next());
            }

            assertThat(seen).containsExactly(1, 2);
            assertThat(log).containsExactly("generator already executing");
        }

        @Test
        @Behaviour("YF-13")
        void theOuterOneIsRunningWhileTheInnerOneRuns() {
            AtomicReference<@Nullable Generator<Integer>> outer = new AtomicReference<>();
            Generator<Integer> inner =
                    Generator.of(y -> {
                        Generator<Integer> driver = outer.get();
                        log.add(driver == null ? null : driver.state());
                        y.yield(1);
                    });
            Generator<Integer> generator = Generator.of(y -> y.yieldFrom(inner));
            outer.set(generator);

            generator.next();
            generator.close();

            assertThat(log).containsExactly(State.RUNNING);
        }

        private static void delegate(
                Yielder<Integer, @Nullable Void> y, @Nullable Generator<Integer> inner) {
            if (inner != null) {
                y.yieldFrom(inner);
            }
        }
    }

    /// What a generator says that it delegates to.
    @Nested
    class Delegate {
        @Test
        void isTheInnerOneWhileTheOuterOneWaitsInIt() {
            DuplexGenerator<Integer, Object, @Nullable Object> inner = inner();
            DuplexGenerator<Object, Object, @Nullable Object> outer = outer(inner);
            assertThat(outer.delegate()).isEmpty();

            outer.next();
            assertThat(outer.delegate()).hasValueSatisfying(is(inner));
            assertThat(inner.delegate()).isEmpty();

            outer.next();
            outer.next();
            assertThat(outer.next()).isEqualTo("inner gave result");
            assertThat(outer.delegate()).isEmpty();
            outer.close();
            assertThat(outer.delegate()).isEmpty();
        }

        @Test
        void isThatOfEachLinkOfAChain() {
            Generator<Integer> last = Generator.of(y -> y.yield(1));
            Generator<Integer> middle = Generator.of(y -> y.yieldFrom(last));
            try (Generator<Integer> first = Generator.of(y -> y.yieldFrom(middle))) {
                first.next();

                assertThat(first.delegate()).hasValueSatisfying(is(middle));
                assertThat(middle.delegate()).hasValueSatisfying(is(last));
                assertThat(last.delegate()).isEmpty();
            }
        }

        @Test
        void mayBeAPlainIterator() {
            Iterator<Integer> plain = List.of(1, 2).iterator();
            try (Generator<Integer> outer = Generator.of(y -> y.yieldFrom(plain))) {
                outer.next();

                assertThat(outer.delegate()).hasValueSatisfying(is(plain));
            }
        }

        @Test
        void isNothingWhileTheBodyRuns() {
            AtomicReference<@Nullable Generator<Integer>> itself = new AtomicReference<>();
            Iterator<Integer> asking =
                    new Iterator<>() {
                        @Override
                        public boolean hasNext() {
                            return true;
                        }

                        @Override
                        public Integer next() {
                            log.add(Objects.requireNonNull(itself.get()).delegate().isPresent());
                            return 1;
                        }
                    };
            try (Generator<Integer> outer = Generator.of(y -> y.yieldFrom(asking))) {
                itself.set(outer);

                outer.next();

                assertThat(log).containsExactly(false);
            }
        }

        private static Consumer<Iterator<?>> is(Iterator<?> expected) {
            return actual -> assertThat((Object) actual).isSameAs(expected);
        }
    }
}
