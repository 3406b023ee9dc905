package dev.treadle.core.generator;

import java.util.List;

/// One statement of a recorded body; what each means is said by [Interpreter].
sealed interface Operation {

    record Yield(int base) implements Operation {}

    record YieldSum(int first, int second) implements Operation {}

    record YieldItems(int count) implements Operation {}

    record YieldFrom(String body) implements Operation {}

    record Log(String word) implements Operation {}

    record Set(int addend) implements Operation {}

    record Raise(Fault fault) implements Operation {}

    record Return(int addend) implements Operation {}

    record Repeat(int times, List<Operation> block) implements Operation {}

    record IfSent(List<Operation> odd, List<Operation> even) implements Operation {}

    record Try(List<Operation> block, List<Handler> handlers, List<Operation> last)
            implements Operation {}

    /// A handler of a `try`.
    ///
    /// @param catches `E1`, `E2` or `exit`
    /// @param block what it runs
    record Handler(String catches, List<Operation> block) {}

    /// An exception to throw.
    ///
    /// @param name `E1` or `E2`
    /// @param message its message
    record Fault(String name, String message) {}
}
