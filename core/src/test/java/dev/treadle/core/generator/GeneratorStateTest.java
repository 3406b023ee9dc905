package dev.treadle.core.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator.State;
import dev.treadle.Yielder;
import dev.treadle.core.Behaviour;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Where a generator stands, and that only one may drive it at a time.
class GeneratorStateTest {

    /// One way to drive a generator.
    record Way(String name, Use use) {
        @Override
        public String toString() {
            return name;
        }
    }

    @FunctionalInterface
    interface Use {
        void on(DuplexGenerator<Integer, String, ?> generator);
    }

    static Stream<Way> waysToDrive() {
        return Stream.of(
                new Way("next", DuplexGenerator::next),
                new Way("hasNext", g -> assertThat(g.hasNext()).isTrue()),
                new Way("send null", g -> g.send(null)),
                new Way("send", g -> g.send("a")),
                new Way("step", g -> g.step("a")),
                new Way("raise", g -> g.raise(new IllegalArgumentException())),
                new Way("close", DuplexGenerator::close),
                new Way("finish", DuplexGenerator::finish),
                new Way("forEach", g -> g.forEach(_ -> {})),
                new Way("stream", g -> g.stream().forEach(_ -> {})));
    }

    private static void assertRefused(ThrowingCallable use) {
        assertThatThrownBy(use)
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("already executing");
    }

    @Test
    @Behaviour("GEN-21")
    void itGoesFromCreatedByRunningAndSuspendedToClosed() {
        List<State> seen = new ArrayList<>();
        Self self =
                new Self(y -> {
                    seen.add(self().state());
                    y.yield(1);
                    seen.add(self().state());
                    return null;
                });

        seen.add(self.generator.state());
        self.generator.next();
        seen.add(self.generator.state());
        assertThat(self.generator.hasNext()).isFalse();
        seen.add(self.generator.state());

        assertThat(seen)
                .containsExactly(
                        State.CREATED, State.RUNNING, State.SUSPENDED, State.RUNNING, State.CLOSED);
    }

    @Nested
    class WhenDrivenByItsOwnBody {
        @ParameterizedTest
        @MethodSource("dev.treadle.core.generator.GeneratorStateTest#waysToDrive")
        @Behaviour("GEN-21")
        void theInnerCallIsRefusedAndTheBodyGoesOn(Way way) {
            Self self =
                    new Self(y -> {
                        y.yield(1);
                        assertRefused(() -> way.use().on(self()));
                        y.yield(2);
                        return null;
                    });

            assertThat(self.generator.next()).isEqualTo(1);
            assertThat(self.generator.next()).isEqualTo(2);
            assertThat(self.generator.hasNext()).isFalse();
        }

        @Test
        void aRefusalThatIsNotCaughtEndsIt() {
            Self self = new Self(y -> y.yield(self().next()));

            assertRefused(self.generator::next);

            assertThat(self.generator.state()).isEqualTo(State.CLOSED);
        }
    }

    @Nested
    class WhenRunningOnBehalfOfAnotherThread {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);

        /// Waits inside its body until it is released.
        private final DuplexGenerator<Integer, String, @Nullable Object> generator =
                DuplexGenerator.of(y -> {
                    y.yield(1);
                    entered.countDown();
                    release.await();
                    y.yield(2);
                    return null;
                });

        @ParameterizedTest
        @MethodSource("dev.treadle.core.generator.GeneratorStateTest#waysToDrive")
        @Behaviour("GEN-21")
        void aSecondDriverIsRefusedAndTheFirstNotDisturbed(Way way) throws Exception {
            generator.next();
            FutureTask<Integer> first = Elsewhere.start(generator::next);
            entered.await();

            assertThat(generator.state()).isEqualTo(State.RUNNING);
            assertRefused(() -> way.use().on(generator));
            release.countDown();

            assertThat(Elsewhere.result(first)).isEqualTo(2);
            assertThat(generator.state()).isEqualTo(State.SUSPENDED);
            generator.close();
        }
    }

    @Nested
    class WhenTheYielderIsUsedByAnotherThread {
        @Test
        void theYieldIsRefusedThere() {
            DuplexGenerator<Integer, String, @Nullable Object> generator =
                    DuplexGenerator.of(y -> {
                        assertThatThrownBy(() -> Elsewhere.onPlatformThread(() -> y.yield(7)))
                                .isExactlyInstanceOf(IllegalStateException.class);
                        y.yield(1);
                        return null;
                    });

            assertThat(generator.next()).isEqualTo(1);
            generator.close();
        }

        @Test
        void aYieldAfterTheEndIsRefused() {
            List<Yielder<Integer, String>> escaped = new ArrayList<>();
            DuplexGenerator<Integer, String, @Nullable Object> generator =
                    DuplexGenerator.of(y -> {
                        escaped.add(y);
                        return null;
                    });
            assertThat(generator.hasNext()).isFalse();

            assertThatThrownBy(() -> escaped.get(0).yield(1))
                    .isExactlyInstanceOf(IllegalStateException.class);
        }
    }

    private @Nullable DuplexGenerator<Integer, String, @Nullable Object> current;

    private DuplexGenerator<Integer, String, @Nullable Object> self() {
        return Objects.requireNonNull(current);
    }

    /// A generator that its body can name.
    private final class Self {
        final DuplexGenerator<Integer, String, @Nullable Object> generator;

        Self(DuplexGenerator.Body<Integer, String, @Nullable Object> body) {
            generator = DuplexGenerator.of(body);
            current = generator;
        }
    }
}
