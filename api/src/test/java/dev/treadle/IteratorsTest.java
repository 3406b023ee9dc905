package dev.treadle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class IteratorsTest {

    private static <T extends @Nullable Object> List<T> all(Iterator<T> iterator) {
        List<T> elements = new ArrayList<>();
        iterator.forEachRemaining(elements::add);
        return elements;
    }

    @Nested
    class NextOr {

        @Test
        void givesTheElementsAndThenTheFallback() {
            Iterator<String> one = List.of("a").iterator();

            assertThat(Iterators.nextOr(one, "z")).isEqualTo("a");
            assertThat(Iterators.nextOr(one, "z")).isEqualTo("z");
        }

        @Test
        void letsOtherFailuresPass() {
            Iterator<Integer> failing =
                    Iterators.until(
                            () -> {
                                throw new IllegalArgumentException("broken");
                            },
                            0);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Iterators.nextOr(failing, 1))
                    .withMessage("broken");
        }
    }

    @Nested
    class Until {

        @Test
        void theSentinelEndsTheElementsAndIsNone() {
            Iterator<Integer> source = List.of(1, 2, 0, 3).iterator();

            assertThat(all(Iterators.until(source::next, 0))).containsExactly(1, 2);
        }

        @Test
        void nullMayBeAnElementOrTheSentinel() {
            Iterator<@Nullable Integer> withNull = Arrays.asList(1, null, 2).iterator();
            Iterator<@Nullable Integer> untilNull = Arrays.asList(1, null, 2).iterator();

            assertThat(all(Iterators.<@Nullable Integer>until(withNull::next, 2)))
                    .containsExactly(1, null);
            assertThat(all(Iterators.<@Nullable Integer>until(untilNull::next, null)))
                    .containsExactly(1);
        }

        @Test
        void theSupplierIsNotCalledAfterTheEnd() {
            Iterator<Integer> source = List.of(0, 1).iterator();
            Iterator<Integer> ended = Iterators.until(source::next, 0);

            assertThat(ended).isExhausted();
            assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(ended::next);
            assertThat(source).hasNext();
        }
    }

    @Nested
    class Tee {

        @Test
        void eachGivesAllElementsAtItsOwnPace() {
            List<Iterator<Integer>> copies = Iterators.tee(List.of(1, 2, 3).iterator(), 2);

            assertThat(copies.get(0).next()).isEqualTo(1);
            assertThat(copies.get(0).next()).isEqualTo(2);
            assertThat(all(copies.get(1))).containsExactly(1, 2, 3);
            assertThat(all(copies.get(0))).containsExactly(3);
            assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(copies.get(0)::next);
        }

        @Test
        void theSourceIsAskedOnceForEachElementAndOnlyWhenNeeded() {
            List<Integer> asked = new ArrayList<>();
            Iterator<Integer> source = IntStream.range(0, 3).boxed().peek(asked::add).iterator();
            List<Iterator<Integer>> copies = Iterators.tee(source, 3);
            assertThat(asked).isEmpty();

            copies.forEach(Iterator::next);

            assertThat(asked).containsExactly(0);
        }

        @Test
        void aFailureComesOutOfTheOneThatAskedAndTheOthersMayTryAgain() {
            Iterator<Integer> results = List.of(1, 2).iterator();
            boolean[] broken = {true};
            Iterator<Integer> source =
                    Iterators.until(
                            () -> {
                                if (broken[0]) {
                                    throw new IllegalArgumentException("broken");
                                }
                                return results.next();
                            },
                            2);
            List<Iterator<Integer>> copies = Iterators.tee(source, 2);

            assertThatIllegalArgumentException().isThrownBy(copies.get(0)::next);
            broken[0] = false;
            assertThat(copies.get(1).next()).isEqualTo(1);
            assertThat(copies.get(0).next()).isEqualTo(1);
        }

        @Test
        void aSourceThatAsksItsOwnCopiesIsRefused() {
            List<Iterator<Integer>> copies = new ArrayList<>();
            copies.addAll(Iterators.tee(Iterators.until(() -> copies.get(0).next(), -1), 2));

            assertThatIllegalStateException()
                    .isThrownBy(copies.get(1)::next)
                    .withMessageContaining("over itself");
        }

        @Test
        void ofNoneIsNoneAndOfLessIsRefused() {
            assertThat(Iterators.tee(List.of(1).iterator(), 0)).isEmpty();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Iterators.tee(List.of(1).iterator(), -1))
                    .withMessageContaining("-1");
        }
    }

    @Nested
    class OnSeveralThreads {
        private static final int COUNT = 20_000;

        private <T> List<T> onFourThreads(List<Callable<T>> tasks) throws Exception {
            try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
                List<T> results = new ArrayList<>();
                for (Future<T> each : threads.invokeAll(tasks)) {
                    results.add(each.get());
                }
                return results;
            }
        }

        @Test
        void copiesOfAConcurrentTeeGiveAllElementsEach() throws Exception {
            List<Integer> elements = IntStream.range(0, COUNT).boxed().toList();
            List<Callable<List<Integer>>> readers = new ArrayList<>();
            Iterators.concurrentTee(elements.iterator(), 4)
                    .forEach(copy -> readers.add(() -> all(copy)));

            assertThat(onFourThreads(readers)).hasSize(4).containsOnly(elements);
        }

        @Test
        void aSerializedOneGivesEachElementToOneOfThemInOrder() throws Exception {
            List<Integer> elements = IntStream.range(0, COUNT).boxed().toList();
            Iterable<Integer> shared = Iterators.serialized(elements.iterator());
            Callable<List<Integer>> reader = () -> all(shared.iterator());

            List<List<Integer>> taken = onFourThreads(List.of(reader, reader, reader, reader));

            assertThat(taken).allSatisfy(part -> assertThat(part).isSorted());
            assertThat(taken.stream().flatMap(Collection::stream))
                    .containsExactlyInAnyOrderElementsOf(elements);
        }

        @Test
        void whatAViewHasFoundNobodyElseTakes() {
            Iterable<Integer> shared = Iterators.serialized(List.of(1, 2).iterator());
            Iterator<Integer> first = shared.iterator();
            Iterator<Integer> second = shared.iterator();

            assertThat(first.hasNext()).isTrue();
            assertThat(all(second)).containsExactly(2);
            assertThat(first.next()).isEqualTo(1);
            assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(first::next);
        }

        @Test
        void aSourceThatAsksItsOwnViewsIsRefused() {
            List<Iterable<Integer>> shared = new ArrayList<>();
            shared.add(
                    Iterators.serialized(
                            Iterators.until(() -> shared.get(0).iterator().next(), -1)));

            assertThatIllegalStateException()
                    .isThrownBy(() -> shared.get(0).iterator().next())
                    .withMessageContaining("over itself");
        }
    }
}
