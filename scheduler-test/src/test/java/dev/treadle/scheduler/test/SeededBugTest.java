package dev.treadle.scheduler.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Finds the bugs that were put there, and none in programs that have none.
@NullUnmarked
class SeededBugTest {
    private static final int MOST_RUNS = 1000;
    private static final int REPLAYS = 5;
    private static final int RUNS_OF_CORRECT_PROGRAMS = 10_000;

    static List<SeededBug> bugs() {
        return SeededBug.ALL;
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void aBugIsFoundAndItsTokenRepeatsIt(SeededBug bug) {
        SimulationFailure failure = bug.how().find(bug.broken()).orElseThrow();

        assertThat(failure.runs()).isLessThanOrEqualTo(MOST_RUNS);
        for (int i = 0; i < REPLAYS; i++) {
            assertThatExceptionOfType(SimulationFailure.class)
                    .isThrownBy(() -> bug.how().replay(failure.token(), bug.broken()))
                    .satisfies(again -> {
                        assertThat(again) // which shows its cause if it is another one
                                .hasMessageStartingWith(
                                        failure.getMessage().lines().findFirst().orElseThrow());
                        assertThat(again.token()).isEqualTo(failure.token());
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void theSameProgramWithoutTheBugPasses(SeededBug bug) {
        int share = 1 + RUNS_OF_CORRECT_PROGRAMS / SeededBug.ALL.size();
        Exploration each =
                Exploration.defaults()
                        .withStrategies(Strategy.FIFO, Strategy.RANDOM, Strategy.PCT, Strategy.DFS)
                        .withRuns((share + 1) / 2);

        Result result = each.explore(bug.correct());
        bug.how().withRuns(20).explore(bug.correct());

        assertThat(result.runs()).isGreaterThanOrEqualTo(share);
    }

    @Test
    void thereAreAsManyBugsAsAreAskedFor() {
        assertThat(SeededBug.ALL).hasSizeGreaterThanOrEqualTo(14);
    }
}
