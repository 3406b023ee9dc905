package dev.treadle.core.generator;

import dev.treadle.core.generator.Operation.Handler;
import java.util.List;

/// Writes recorded bodies as text for people, close to Python.
final class ScenarioText {
    private final StringBuilder out = new StringBuilder();

    private ScenarioText() {}

    static String of(GeneratorScenario scenario) {
        ScenarioText text = new ScenarioText();
        scenario.bodies()
                .forEach((name, body) -> {
                    text.line(0, "def " + name + "():");
                    text.block(1, body);
                    text.line(1, "return x");
                });
        return text.out.toString();
    }

    private void block(int depth, List<Operation> operations) {
        operations.forEach(operation -> operation(depth, operation));
    }

    private void operation(int depth, Operation operation) {
        switch (operation) {
            case Operation.Yield(int base) ->
                    line(depth, "last = yield " + base + " + x % 7; log 'sent', last");
            case Operation.YieldSum(int first, int second) ->
                    line(
                            depth,
                            "x = x + (yield " + first + ") + (yield " + second + "); log 'sum', x");
            case Operation.YieldItems(int count) ->
                    line(depth, "yield from iter(range(" + count + "))");
            case Operation.YieldFrom(String body) ->
                    line(depth, "last = yield from " + body + "(); log 'result', last");
            case Operation.Log(String word) -> line(depth, "log 'log', '" + word + "'");
            case Operation.Set(int addend) -> line(depth, "x = x + " + addend);
            case Operation.Raise(Operation.Fault(String name, String message)) ->
                    line(depth, "raise " + name + "('" + message + "')");
            case Operation.Return(int addend) -> line(depth, "return " + addend + " + x");
            case Operation.Repeat(int times, List<Operation> block) -> {
                line(depth, "for _ in range(" + times + "):");
                block(depth + 1, block);
            }
            case Operation.IfSent(List<Operation> odd, List<Operation> even) -> {
                line(depth, "if last % 2:");
                block(depth + 1, odd);
                line(depth, "else:");
                block(depth + 1, even);
            }
            case Operation.Try(
                            List<Operation> block,
                            List<Handler> handlers,
                            List<Operation> last) -> {
                line(depth, "try:");
                block(depth + 1, block);
                for (Handler handler : handlers) {
                    line(depth, "except " + handler.catches() + "; log 'caught', it:");
                    block(depth + 1, handler.block());
                }
                if (!last.isEmpty()) {
                    line(depth, "finally:");
                    block(depth + 1, last);
                }
            }
        }
    }

    private void line(int depth, String text) {
        out.repeat("    ", depth).append(text).append('\n');
    }
}
