package dev.treadle.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Coroutine;
import dev.treadle.TaskOptions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is logged of a loop that stands still, and how often.
class StallLogTest {
    private final LoopOnVirtualTime on = new LoopOnVirtualTime("orders");

    @AfterEach
    void close() {
        on.close();
    }

    private void standStill() {
        on.runOnLoop(() -> {
            on.look();
            on.passWatched(Duration.ofMillis(200));
        });
    }

    @Test
    void namesTheCulpritWithItsStack() {
        standStill();

        assertThat(on.warnings.messages())
                .singleElement()
                .asString()
                .startsWith(
                        "loop orders: a callback has been running for 0.100 seconds and holds up the loop;"
                                + " it stands here:\n\tat ")
                .contains("StallLogTest");
    }

    @Test
    void namesTheTask() {
        on.loop.runUntilComplete(
                on.loop.createTask(
                        Coroutine.of(() -> {
                            on.look();
                            on.passWatched(Duration.ofMillis(200));
                        }),
                        TaskOptions.named("clerk")));

        assertThat(on.warnings.messages())
                .singleElement()
                .asString()
                .startsWith("loop orders: task clerk has been running for 0.100 seconds");
    }

    @Test
    void blamesTheJvmIfThatStoodStill() {
        on.runOnLoop(() -> {
            on.look();
            on.pass(Duration.ofSeconds(1));
            on.look(Duration.ofMillis(900));
        });

        assertThat(on.warnings.messages())
                .containsExactly(
                        "loop orders stands still for 1.000 seconds because the whole JVM does:"
                                + " garbage collection, or a machine that is too busy");
    }

    @Test
    void isSilentForTenSecondsAndThenSaysHowManyItLeftOut() {
        standStill();
        standStill();
        standStill();
        assertThat(on.warnings.messages()).hasSize(1);
        assertThat(on.count("treadle.metrics.dropped")).isEqualTo(2);

        on.pass(Duration.ofSeconds(10));
        standStill();

        assertThat(on.warnings.messages()).hasSize(2);
        assertThat(on.warnings.messages().get(1))
                .contains("holds up the loop (2 more times since the last warning); it stands");
    }

    @Test
    void leavesItToDebugMode() {
        on.loop.debug(true);
        standStill();

        assertThat(on.warnings.messages()).isEmpty();
        assertThat(on.count("treadle.loop.stalls", "cause", "code")).isEqualTo(1);
    }
}
