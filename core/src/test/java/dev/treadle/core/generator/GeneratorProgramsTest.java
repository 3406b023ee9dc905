package dev.treadle.core.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import dev.treadle.core.Behaviour;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What people write generators for.
class GeneratorProgramsTest {

    @Nested
    class EightQueens {
        private final AtomicInteger placed = new AtomicInteger();

        @Test
        @Behaviour("GEN-25")
        void pulledThereAreNinetyTwoSolutionsInOrder() {
            List<String> solutions = new ArrayList<>();

            for (Generator<List<Integer>> queens = queens(8); queens.hasNext(); ) {
                solutions.add(queens.next().toString());
            }

            assertNinetyTwo(solutions);
        }

        @Test
        @Behaviour("GEN-25")
        void pushedThereAreNinetyTwoSolutionsInOrder() {
            assertNinetyTwo(queens(8).stream().map(List::toString).toList());
        }

        private static void assertNinetyTwo(List<String> solutions) {
            assertThat(solutions)
                    .hasSize(92)
                    .doesNotHaveDuplicates()
                    .isSorted()
                    .startsWith("[0, 4, 7, 5, 2, 6, 1, 3]")
                    .endsWith("[7, 3, 0, 2, 5, 1, 6, 4]");
        }

        @Test
        @Behaviour("GEN-25")
        void theyAreSearchedForLazily() {
            try (Generator<List<Integer>> queens = queens(8)) {
                queens.next();

                assertThat(placed).hasValueLessThan(200); // of some 2000
            }
        }

        private Generator<List<Integer>> queens(int size) {
            return extend(size, List.of());
        }

        private Generator<List<Integer>> extend(int size, List<Integer> columns) {
            return Generator.of(y -> {
                if (columns.size() == size) {
                    y.yield(columns);
                    return;
                }
                for (int column = 0; column < size; column++) {
                    if (isFree(columns, column)) {
                        placed.incrementAndGet();
                        List<Integer> longer = new ArrayList<>(columns);
                        longer.add(column);
                        y.yieldFrom(extend(size, List.copyOf(longer)));
                    }
                }
            });
        }

        private static boolean isFree(List<Integer> columns, int column) {
            for (int row = 0; row < columns.size(); row++) {
                int distance = Math.abs(columns.get(row) - column);
                if (distance == 0 || distance == columns.size() - row) {
                    return false;
                }
            }
            return true;
        }
    }

    @Nested
    class Trees {
        private record Tree(@Nullable Tree left, int value, @Nullable Tree right) {}

        private static @Nullable Tree tree(int from, int to) {
            if (from >= to) {
                return null;
            }
            int middle = (from + to) >>> 1;
            return new Tree(tree(from, middle), middle, tree(middle + 1, to));
        }

        private static Generator<Integer> inOrder(@Nullable Tree tree) {
            return Generator.of(y -> {
                if (tree != null) {
                    y.yieldFrom(inOrder(tree.left()));
                    y.yield(tree.value());
                    y.yieldFrom(inOrder(tree.right()));
                }
            });
        }

        @Test
        void aWalkComesOutInOrder() {
            List<Integer> pulled = new ArrayList<>();
            for (Generator<Integer> walk = inOrder(tree(0, 100)); walk.hasNext(); ) {
                pulled.add(walk.next());
            }
            List<Integer> pushed = inOrder(tree(0, 100)).stream().toList();

            assertThat(pulled).hasSize(100).isSorted().startsWith(0).endsWith(99);
            assertThat(pushed).isEqualTo(pulled);
        }

        @Test
        void twoWalksAreComparedStepByStep() {
            Tree chain = null;
            for (int i = 19; i >= 0; i--) {
                chain = new Tree(null, i, chain);
            }

            Generator<Integer> one = inOrder(tree(0, 20));
            Generator<Integer> other = inOrder(chain);

            while (one.hasNext() && other.hasNext()) {
                assertThat(one.next()).isEqualTo(other.next());
            }
            assertThat(one.hasNext()).isFalse();
            assertThat(other.hasNext()).isFalse();
        }
    }

    @Test
    void aSieveIsAGrowingChainOfGenerators() {
        Generator<Integer> primes =
                Generator.of(y -> {
                    Generator<Integer> candidates = from(2);
                    while (true) {
                        int prime = candidates.next();
                        y.yield(prime);
                        candidates = withoutMultiples(prime, candidates);
                    }
                });

        try (Stream<Integer> stream = primes.stream()) {
            assertThat(stream.limit(25).toList())
                    .startsWith(2, 3, 5, 7, 11, 13)
                    .endsWith(83, 89, 97);
        }
    }

    private static Generator<Integer> from(int first) {
        return Generator.of(y -> {
            for (int i = first; ; i++) {
                y.yield(i);
            }
        });
    }

    private static Generator<Integer> withoutMultiples(int prime, Generator<Integer> candidates) {
        return Generator.of(y -> {
            for (int candidate : candidates) {
                if (candidate % prime != 0) {
                    y.yield(candidate);
                }
            }
        });
    }

    @Test
    void generatorsAreTasksOfARoundRobin() {
        List<String> log = new ArrayList<>();
        Queue<Generator<String>> ready = new ArrayDeque<>();
        for (String name : List.of("a", "b", "c")) {
            int steps = name.charAt(0) - 'a' + 1;
            ready.add(
                    Generator.of(y -> {
                        for (int i = 1; i <= steps; i++) {
                            log.add(name + i);
                            y.yield(name);
                        }
                    }));
        }

        while (!ready.isEmpty()) {
            Generator<String> task = ready.remove();
            if (task.hasNext()) {
                task.next();
                ready.add(task);
            }
        }

        assertThat(log).containsExactly("a1", "b1", "c1", "b2", "c2", "c3");
    }

    @Test
    void aParserIsFedTokenByToken() {
        DuplexGenerator<String, String, Integer> parser =
                DuplexGenerator.of(y -> {
                    int value = number(y.yield("number"));
                    while ("+".equals(y.yield("+ or end"))) {
                        value += number(y.yield("number"));
                    }
                    return value;
                });

        List<Object> steps = new ArrayList<>();
        steps.add(parser.step(null));
        for (String token : List.of("1", "+", "20", "+", "300", "end")) {
            steps.add(parser.step(token));
        }

        assertThat(steps).last().hasToString("Returned[value=321]");
        assertThat(steps).first().hasToString("Yielded[value=number]");
    }

    private static int number(@Nullable String token) {
        return token == null ? 0 : Integer.parseInt(token);
    }
}
