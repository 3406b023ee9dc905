package dev.treadle.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.benchmarks.contestants.Variant;
import dev.treadle.benchmarks.generators.NextOne;
import dev.treadle.benchmarks.generators.TreeWalk;
import dev.treadle.benchmarks.timers.ArmAndCancel;
import org.junit.jupiter.api.Test;

class CombinationsTest {
    private static final int SCHEDULERS = Variant.values().length;

    @Test
    void aRowWithoutSizesHasOneForEachContestant() {
        int compiledAndStackful = 2;
        int others = 3;

        assertThat(Combinations.of(NextOne.class, false)).isEqualTo(compiledAndStackful + others);
    }

    @Test
    void aRowWithSizesHasOneForEachOfThemToo() {
        int contestants = 4;
        int sizes = 4;

        assertThat(Combinations.of(TreeWalk.class, false)).isEqualTo(contestants * sizes);
        assertThat(Combinations.of(TreeWalk.class, true)).isEqualTo(contestants);
    }

    @Test
    void whatAStateNeedsCountsToo() {
        int nettyJdkVertxAndWheel = 5;
        int sizes = 4;

        assertThat(Combinations.of(ArmAndCancel.class, false))
                .isEqualTo((SCHEDULERS + nettyJdkVertxAndWheel) * sizes);
    }
}
