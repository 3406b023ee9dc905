package dev.treadle.core.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.Context;
import dev.treadle.ContextVar;
import dev.treadle.Generator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What context the body of a generator sees: that of whoever drives it, at each step.
class GeneratorContextTest {
    private final ContextVar<String> user = ContextVar.of("user", "nobody");

    private Context contextOf(String name) {
        Context context = Context.empty();
        context.run(() -> user.set(name));
        return context;
    }

    private Generator<String> asking() {
        return Generator.of(y -> {
            while (true) {
                y.yield(user.get());
            }
        });
    }

    @Test
    void eachStepSeesTheContextOfItsDriver() {
        Context ada = contextOf("ada");
        Context bob = contextOf("bob");
        Generator<String> generator = asking();

        List<String> seen =
                List.of(
                        ada.run(generator::next),
                        bob.run(generator::next),
                        generator.next(),
                        ada.run(generator::next));

        assertThat(seen).containsExactly("ada", "bob", "nobody", "ada");
        generator.close();
    }

    @Test
    void delegationPassesTheContextOn() {
        Generator<String> outer = Generator.of(y -> y.yieldFrom(asking()));

        assertThat(contextOf("ada").run(outer::next)).isEqualTo("ada");
        assertThat(contextOf("bob").run(outer::next)).isEqualTo("bob");
        outer.close();
    }

    @Test
    void whatTheBodySetsStaysInTheContextOfItsDriver() {
        Context ada = contextOf("ada");
        Generator<Integer> generator =
                Generator.of(y -> {
                    user.set("set by the body");
                    y.yield(1);
                });

        ada.run(generator::next);

        assertThat(ada.get(user)).isEqualTo("set by the body");
        assertThat(user.get()).isEqualTo("nobody");
        generator.close();
    }

    @Test
    void pushModeSeesTheContextOfTheCaller() {
        Context ada = contextOf("ada");
        List<String> seen = new ArrayList<>();

        ada.run(() -> {
            Generator.<String>of(y -> y.yield(user.get())).forEach(seen::add);
            return null;
        });

        assertThat(seen).containsExactly("ada");
    }

    @Test
    void aContextThatTheBodyEntersIsNotItsDrivers() {
        Context inner = contextOf("inner");
        Context ada = contextOf("ada");
        Generator<String> generator =
                Generator.of(y -> {
                    inner.run(() -> {
                        y.yield(user.get());
                        y.yield(user.get());
                        return null;
                    });
                    y.yield(user.get());
                });
        List<String> seen = new ArrayList<>();

        ada.run(() -> {
            for (int i = 0; i < 3; i++) {
                seen.add(generator.next());
                seen.add(user.get());
            }
            return null;
        });

        assertThat(seen).containsExactly("inner", "ada", "inner", "ada", "ada", "ada");
        generator.close();
    }

    @Test
    void aTokenIsUndoneInItsOwnContextOnly() {
        Context ada = contextOf("ada");
        Context bob = contextOf("bob");
        Generator<Integer> generator =
                Generator.of(y -> {
                    try (var _ = user.set("body's")) {
                        y.yield(1);
                    }
                });
        ada.run(generator::next);

        assertThatThrownBy(() -> bob.run(generator::next))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("different context");

        assertThat(bob.get(user)).isEqualTo("bob");
    }

    @Test
    void outsideALoopTheBodyHasNoTaskAndCannotAwait() {
        Generator<Integer> generator =
                Generator.of(y -> {
                    assertThatThrownBy(Async::currentTask)
                            .isInstanceOf(IllegalStateException.class);
                    assertThatThrownBy(() -> Async.yieldNow().await())
                            .isInstanceOf(IllegalStateException.class);
                    y.yield(1);
                });

        assertThat(generator.next()).isEqualTo(1);
        generator.close();
    }
}
