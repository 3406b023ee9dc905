package dev.treadle.core.generator;

import dev.treadle.Async;
import dev.treadle.Generator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A program for a JVM of its own: see [FreshJvmTest].
public final class FreshProgram {
    private FreshProgram() {}

    /// Does what it is told.
    ///
    /// @param arguments `coroutine`, `push` or `pull`
    public static void main(String[] arguments) {
        List<Object> said = new ArrayList<>();
        switch (arguments[0]) {
            case "coroutine" ->
                    said.add(
                            Async.run(() -> {
                                Async.sleep(Duration.ZERO).await();
                                return "slept";
                            }));
            case "push" -> numbers(2).forEach(said::add);
            case "pull" -> {
                Generator<Integer> numbers = numbers(3);
                said.add(numbers.engine());
                while (numbers.hasNext()) {
                    said.add(numbers.next());
                }
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        System.out.println(said);
    }

    private static Generator<Integer> numbers(int n) {
        return Generator.of(y -> {
            for (int i = 0; i < n; i++) {
                y.yield(i);
            }
        });
    }
}
