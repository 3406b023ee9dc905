package dev.treadle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.spi.Creations;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// Who listens is told of coroutines when they are made, and can see which were never awaited.
class CreationsTest {

    @Test
    void aCoroutineIsToldOfWhenItIsMade() {
        List<Object> made = new CopyOnWriteArrayList<>();
        Creations.listen(made::add);

        Coroutine<String> body = Coroutine.of(() -> "value");
        Coroutine<?> action = Coroutine.of(() -> {});

        assertThat(made).contains(body, action);
    }

    @Test
    void aCoroutineIsSpentWhenItHasRunOrIsClosed() throws Exception {
        Coroutine<String> run = Coroutine.of(() -> "value");
        Coroutine<String> closed = Coroutine.of(() -> "value");
        assertThat(run.isSpent()).isFalse();
        assertThat(closed.isSpent()).isFalse();

        assertThat(run.runBody()).isEqualTo("value");
        closed.close();

        assertThat(run.isSpent()).isTrue();
        assertThat(closed.isSpent()).isTrue();
    }
}
