package dev.treadle.benchmarks.generators;

import dev.treadle.Generator;
import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Reasons;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.GeneratorBodies;
import dev.treadle.benchmarks.kotlin.Generators;
import dev.treadle.benchmarks.kotlin.Tree;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// A node of a binary tree, walked by generators that delegate to one another.
@Row(
        family = Row.Family.GENERATORS,
        title = "tree walk by yieldFrom",
        operation = "node",
        work =
                "Walks a balanced binary tree in order; each node has a generator that delegates to"
                        + " those of its subtrees. By hand it is an iterator with a stack.",
        behind =
                Reasons.STACKFUL
                        + " Compiled: each node costs an object that is handed out and one that runs,"
                        + " where Kotlin needs one.",
        counts = "nodes",
        perSize = true,
        quickSize = 1023)
@State(Scope.Benchmark)
public class TreeWalk {
    /// How many nodes there are.
    @Param({"127", "1023", "8191", "65535"})
    public int size = 1023;

    private Tree tree = new Tree(null, 0, null);

    /// Grows the tree.
    @Setup
    public void grow() {
        tree = grown(0, size);
    }

    private static Tree grown(int from, int to) {
        int middle = (from + to) >>> 1;
        return new Tree(
                from < middle ? grown(from, middle) : null,
                middle,
                middle + 1 < to ? grown(middle + 1, to) : null);
    }

    private static Generator<Integer> walk(Tree tree) {
        return Generator.of(y -> {
            if (tree.left != null) {
                y.yieldFrom(walk(tree.left));
            }
            y.yield(tree.value);
            if (tree.right != null) {
                y.yieldFrom(walk(tree.right));
            }
        });
    }

    /// Treadle.
    ///
    /// @param bodies how they run
    /// @return the sum
    @Benchmark
    public long treadle(GeneratorBodies bodies) {
        return Check.sumBelow(size, Numbers.sum(walk(tree)));
    }

    /// Kotlin's `iterator { }` and `yieldAll`.
    ///
    /// @return the sum
    @Benchmark
    public long kotlin() {
        return Check.sumBelow(size, Numbers.sum(Generators.walk(tree)));
    }

    /// An iterator written by hand.
    ///
    /// @return the sum
    @Benchmark
    public long byHand() {
        return Check.sumBelow(size, Numbers.sum(new WalkByHand(tree)));
    }

    private static final class WalkByHand implements Iterator<Integer> {
        private final Deque<Tree> above = new ArrayDeque<>();

        WalkByHand(Tree root) {
            descend(root);
        }

        private void descend(@Nullable Tree from) {
            for (Tree tree = from; tree != null; tree = tree.left) {
                above.push(tree);
            }
        }

        @Override
        public boolean hasNext() {
            return !above.isEmpty();
        }

        @Override
        public Integer next() {
            if (above.isEmpty()) {
                throw new NoSuchElementException();
            }
            Tree tree = above.pop();
            descend(tree.right);
            return tree.value;
        }
    }
}
