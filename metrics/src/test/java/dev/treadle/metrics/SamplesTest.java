package dev.treadle.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

class SamplesTest {
    private static List<Long> taken(Samples samples) {
        List<Long> taken = new ArrayList<>();
        samples.takeAll(taken::add);
        return taken;
    }

    @Test
    void areTakenOnceInTheOrderInWhichTheyCame() {
        Samples samples = new Samples(2, 4);
        List<Long> taken = new ArrayList<>();
        for (long i = 0; i < 10; i++) {
            samples.put(2 * i, 1);
            samples.put(2 * i + 1, 1);
            samples.takeAll(taken::add);
        }

        assertThat(taken).isEqualTo(LongStream.range(0, 20).boxed().toList());
        assertThat(taken(samples)).isEmpty();
    }

    @Test
    void findRoomWhenTheyAreManyAtOnce() {
        Samples samples = new Samples(1, 8);
        for (long i = 0; i < 8; i++) {
            samples.put(i, 1);
        }

        assertThat(taken(samples)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(samples.dropped()).isZero();
    }

    @Test
    void forWhichThereIsNoRoomAreCounted() {
        Samples samples = new Samples(2, 2);
        samples.put(0, 1);
        samples.put(1, 4);

        assertThat(taken(samples)).containsExactly(0L, 1L);
        assertThat(samples.dropped()).isEqualTo(3);

        samples.put(5, 1);

        assertThat(taken(samples)).containsExactly(5L);
    }

    @Test
    void areNotLostWhileOnePutsAndAnotherTakes() {
        new ModelCheckingOptions()
                .iterations(10)
                .invocationsPerIteration(500)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(0)
                .actorsAfter(1)
                .check(PuttingAndTaking.class);
    }

    /// A queue of one worker that the watchdog empties, with room for one at first.
    @NullUnmarked
    public static class PuttingAndTaking {
        private final Samples samples = new Samples(1, 4);
        private long next;

        @Operation(nonParallelGroup = "worker")
        public void put() {
            samples.put(next++, 1);
        }

        @Operation(nonParallelGroup = "watchdog")
        public List<Long> takeAll() {
            return taken(samples);
        }
    }
}
