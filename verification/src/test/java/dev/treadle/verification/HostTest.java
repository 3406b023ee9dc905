package dev.treadle.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import dev.treadle.StopIteration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Bodies that the compiler of another language has made do what they say, whatever runs them, and
/// their generators tell what does, and why. Subclasses have the bodies.
abstract class HostTest {
    private final List<String> log = new ArrayList<>();

    /// A body that yields 10 and 20, and notes "last" at its end, however that comes.
    ///
    /// @param form how it is written
    /// @param maker makes a generator that notes things in a list
    /// @param engine the beginning of what the generator says of its engine
    record Simple(String form, Function<List<String>, Generator<Integer>> maker, String engine) {
        @Override
        public String toString() {
            return form;
        }
    }

    /// A body that yields "first", and then what was sent or which [IllegalStateException] was
    /// thrown in. After three of them it returns their number, and it notes that at its end.
    ///
    /// @param form how it is written
    /// @param maker makes a generator that notes things in a list
    /// @param engine the beginning of what the generator says of its engine
    record Duplex(
            String form,
            Function<List<String>, DuplexGenerator<String, Integer, Integer>> maker,
            String engine) {
        @Override
        public String toString() {
            return form;
        }
    }

    @ParameterizedTest
    @MethodSource("simple")
    void aSimpleBodyTellsWhatRunsIt(Simple body) {
        assertThat(body.maker().apply(log).engine().toString()).startsWith(body.engine());
    }

    @ParameterizedTest
    @MethodSource("simple")
    void aSimpleBodyYieldsWhatItSays(Simple body) {
        Generator<Integer> generator = body.maker().apply(log);

        assertThat(generator.next()).isEqualTo(10);
        assertThat(generator.next()).isEqualTo(20);
        assertThat(log).isEmpty();
        assertThat(generator.hasNext()).isFalse();
        assertThat(log).containsExactly("last");
    }

    @ParameterizedTest
    @MethodSource("simple")
    void aSimpleBodyIsPushed(Simple body) {
        List<Integer> values = new ArrayList<>();

        body.maker().apply(log).forEach(values::add);

        assertThat(values).containsExactly(10, 20);
        assertThat(log).containsExactly("last");
    }

    @ParameterizedTest
    @MethodSource("simple")
    void closingASimpleBodyRunsItsFinally(Simple body) {
        Generator<Integer> generator = body.maker().apply(log);
        generator.next();

        generator.close();

        assertThat(log).containsExactly("last");
        assertThat(generator.state()).isEqualTo(Generator.State.CLOSED);
    }

    @ParameterizedTest
    @MethodSource("simple")
    void whatIsThrownIntoASimpleBodyComesOutOfIt(Simple body) {
        Generator<Integer> generator = body.maker().apply(log);
        generator.next();
        Exception thrown = new IllegalStateException("in");

        assertThatThrownBy(() -> generator.raise(thrown)).isSameAs(thrown);
        assertThat(log).containsExactly("last");
    }

    @ParameterizedTest
    @MethodSource("duplex")
    void aDuplexBodyTellsWhatRunsIt(Duplex body) {
        assertThat(body.maker().apply(log).engine().toString()).startsWith(body.engine());
    }

    @ParameterizedTest
    @MethodSource("duplex")
    void aDuplexBodyTakesWhatIsSentAndThrownIn(Duplex body) {
        DuplexGenerator<String, Integer, Integer> generator = body.maker().apply(log);

        assertThat(generator.next()).isEqualTo("first");
        assertThat(generator.send(1)).isEqualTo("sent 1");
        assertThat(generator.raise(new IllegalStateException("in"))).isEqualTo("caught in");
        assertThatThrownBy(() -> generator.send(3))
                .isInstanceOfSatisfying(
                        StopIteration.class, stop -> assertThat(stop.value()).isEqualTo(3));
        assertThat(log).containsExactly("last after 3");
    }

    @ParameterizedTest
    @MethodSource("duplex")
    void closingADuplexBodyRunsItsFinally(Duplex body) {
        DuplexGenerator<String, Integer, Integer> generator = body.maker().apply(log);
        generator.next();
        generator.send(1);

        generator.close();

        assertThat(log).containsExactly("last after 1");
    }
}
