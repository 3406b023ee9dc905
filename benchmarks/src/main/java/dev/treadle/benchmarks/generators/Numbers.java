package dev.treadle.benchmarks.generators;

import dev.treadle.Generator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;

/// Numbers, by generators and by hand. They are boxed, as in every generic iterator.
final class Numbers {
    private Numbers() {}

    static Generator<Integer> count(int n) {
        return Generator.of(y -> {
            for (int i = 0; i < n; i++) {
                y.yield(i);
            }
        });
    }

    static Generator<Integer> evens(int n) {
        return Generator.of(y -> {
            for (int i = 0; i < 2 * n; i += 2) {
                y.yield(i);
            }
        });
    }

    static Generator<Integer> odds(int n) {
        return Generator.of(y -> {
            for (int i = 1; i < 2 * n; i += 2) {
                y.yield(i);
            }
        });
    }

    static Iterator<Integer> stream(int n) {
        return IntStream.range(0, n).boxed().iterator();
    }

    static long sum(Iterator<Integer> numbers) {
        long sum = 0;
        while (numbers.hasNext()) {
            sum += numbers.next();
        }
        return sum;
    }

    /// Counts from 0.
    static class CountByHand implements Iterator<Integer> {
        private final int end;
        private final int step;
        private int next;

        CountByHand(int start, int end, int step) {
            this.next = start;
            this.end = end;
            this.step = step;
        }

        @Override
        public boolean hasNext() {
            return next < end;
        }

        @Override
        public Integer next() {
            if (next >= end) {
                throw new NoSuchElementException();
            }
            int value = next;
            next += step;
            return value;
        }
    }
}
