package dev.treadle.core.generator;

import dev.treadle.DuplexGenerator;
import dev.treadle.GeneratorExit;
import dev.treadle.Yielder;
import dev.treadle.core.generator.Operation.Handler;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Runs one recorded body.
///
/// `last` is what the latest resumption sent (0 for none), `x` a running sum, as in the program
/// that drew the bodies.
final class Interpreter {
    private final ScenarioRun run;
    private final String me;
    private final Yielder<Integer, Integer> y;
    private int x;
    private int last;

    private Interpreter(ScenarioRun run, String me, Yielder<Integer, Integer> y) {
        this.run = run;
        this.me = me;
        this.y = y;
    }

    /// Makes the body of that name.
    static DuplexGenerator.Body<Integer, Integer, @Nullable Integer> body(
            ScenarioRun run, String name) {
        return y -> new Interpreter(run, name, y).whole();
    }

    private int whole() {
        return block(run.body(me)) instanceof Completion.Returned(int value) ? value : x;
    }

    private Completion block(List<Operation> operations) {
        for (Operation operation : operations) {
            if (run(operation) instanceof Completion.Returned returned) {
                return returned;
            }
        }
        return Completion.NORMAL;
    }

    private Completion run(Operation operation) {
        switch (operation) {
            case Operation.Yield(int base) -> {
                last = number(y.yield(base + x % 7));
                log("sent " + last);
            }
            case Operation.YieldSum(int first, int second) -> {
                x = x + number(y.yield(first)) + number(y.yield(second));
                log("sum " + x);
            }
            case Operation.YieldItems(int count) ->
                    y.yieldFrom(IntStream.range(0, count).iterator());
            case Operation.YieldFrom(String body) -> {
                last = number(delegate(run.start(body)));
                log("result " + last);
            }
            case Operation.Log(String word) -> log("log " + word);
            case Operation.Set(int addend) -> x += addend;
            case Operation.Raise(Operation.Fault fault) -> throw new ScenarioException(fault);
            case Operation.Return(int addend) -> {
                return new Completion.Returned(addend + x);
            }
            case Operation.Repeat(int times, List<Operation> block) -> {
                return repeat(times, block);
            }
            case Operation.IfSent(List<Operation> odd, List<Operation> even) -> {
                return block(last % 2 != 0 ? odd : even);
            }
            case Operation.Try attempt -> {
                return attempt(attempt);
            }
        }
        return Completion.NORMAL;
    }

    private @Nullable Integer delegate(DuplexGenerator<Integer, Integer, @Nullable Integer> inner) {
        try {
            return y.yieldFrom(inner);
        } finally {
            if (run.countsReferences()) {
                run.drop(inner);
            }
        }
    }

    private Completion repeat(int times, List<Operation> block) {
        for (int i = 0; i < times; i++) {
            if (block(block) instanceof Completion.Returned returned) {
                return returned;
            }
        }
        return Completion.NORMAL;
    }

    /// `finally` written out: where it returns or throws itself, that goes before the outcome of
    /// the rest.
    private Completion attempt(Operation.Try attempt) {
        Completion outcome;
        try {
            outcome = handled(attempt);
        } catch (Throwable thrown) {
            if (block(attempt.last()) instanceof Completion.Returned returned) {
                return returned;
            }
            throw thrown;
        }
        return block(attempt.last()) instanceof Completion.Returned returned ? returned : outcome;
    }

    private Completion handled(Operation.Try attempt) {
        try {
            return block(attempt.block());
        } catch (ScenarioException | GeneratorExit thrown) {
            for (Handler handler : attempt.handlers()) {
                if (handler.catches().equals(kind(thrown))) {
                    log("caught " + ScenarioRun.describe(thrown));
                    return block(handler.block());
                }
            }
            throw thrown;
        }
    }

    private static String kind(Throwable thrown) {
        return thrown instanceof ScenarioException e ? e.name() : "exit";
    }

    private void log(String words) {
        run.log(me + " " + words);
    }

    private static int number(@Nullable Integer value) {
        return value == null ? 0 : value;
    }

    /// How a block ended, if not by an exception.
    private sealed interface Completion {
        Completion NORMAL = new Normal();

        record Normal() implements Completion {}

        record Returned(int value) implements Completion {}
    }
}
