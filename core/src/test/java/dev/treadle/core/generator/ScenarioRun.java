package dev.treadle.core.generator;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import dev.treadle.GeneratorExit;
import dev.treadle.StopIteration;
import dev.treadle.core.generator.GeneratorScenario.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Runs a recorded scenario on our generators and writes the log that CPython wrote.
final class ScenarioRun implements TranslatedScenario.Run {

    /// How to make a generator that runs a recorded body: the engine under test.
    @FunctionalInterface
    interface Maker {
        DuplexGenerator<Integer, Integer, @Nullable Integer> make(ScenarioRun run, String body);
    }

    private final GeneratorScenario scenario;
    private final Maker maker;
    private final boolean countsReferences;
    private final List<String> log = new ArrayList<>();
    // Keeps them from being collected, and so closed, while the log is written.
    private final List<DuplexGenerator<?, ?, ?>> started = new ArrayList<>();

    private ScenarioRun(GeneratorScenario scenario, Maker maker, boolean countsReferences) {
        this.scenario = scenario;
        this.maker = maker;
        this.countsReferences = countsReferences;
    }

    /// Runs a scenario and returns the log.
    ///
    /// @param countsReferences whether bodies close what they delegated to and drop, as CPython's
    ///   reference counting does
    static List<String> log(GeneratorScenario scenario, Maker maker, boolean countsReferences) {
        ScenarioRun run = new ScenarioRun(scenario, maker, countsReferences);
        run.drive(run.start("g0"));
        List<String> log = List.copyOf(run.log);
        for (int i = 0; i < run.started.size(); i++) { // grows while bodies clean up
            end(run.started.get(i));
        }
        return log;
    }

    /// Leaves no suspended body behind, however often it ignores being closed.
    private static void end(DuplexGenerator<?, ?, ?> generator) {
        for (int i = 0; i < 100 && generator.state() == Generator.State.SUSPENDED; i++) {
            dropped(generator);
        }
    }

    /// Closes a generator as CPython does when nothing references it any more.
    static void dropped(DuplexGenerator<?, ?, ?> generator) {
        try {
            generator.close();
        } catch (ScenarioException | UnsupportedOperationException | IllegalStateException _) {
            // nobody is there to see it
        }
    }

    @Override
    public void drop(DuplexGenerator<?, ?, ?> generator) {
        dropped(generator);
    }

    @Override
    public DuplexGenerator<Integer, Integer, @Nullable Integer> start(String body) {
        DuplexGenerator<Integer, Integer, @Nullable Integer> generator = maker.make(this, body);
        started.add(generator);
        return generator;
    }

    boolean countsReferences() {
        return countsReferences;
    }

    List<Operation> body(String name) {
        return Objects.requireNonNull(scenario.bodies().get(name));
    }

    int seed() {
        return scenario.seed();
    }

    @Override
    public void log(String entry) {
        log.add(entry);
    }

    private void drive(DuplexGenerator<Integer, Integer, @Nullable Integer> generator) {
        int ended = 0;
        for (Command command : scenario.drive()) {
            if (ended > 3) {
                break;
            }
            if (generator.state() == Generator.State.CLOSED) {
                ended++;
            }
            // First run, then log: the body logs too.
            String outcome = outcome(generator, command);
            log(text(command) + " -> " + outcome);
        }
    }

    private static String outcome(
            DuplexGenerator<Integer, Integer, @Nullable Integer> generator, Command command) {
        try {
            return switch (command) {
                case Command.Next() -> "yields " + generator.next();
                case Command.Send(int value) -> "yields " + generator.send(value);
                case Command.Throw(Operation.Fault fault) ->
                        "yields " + generator.raise(new ScenarioException(fault));
                case Command.Exit() -> "yields " + generator.raise(new GeneratorExit());
                case Command.Close() -> "closes " + python(generator.finish());
            };
        } catch (StopIteration stop) {
            return "stops " + python(stop.value());
        } catch (IllegalArgumentException refusal) {
            return "refuses: not started";
        } catch (Throwable thrown) {
            return "raises " + describe(thrown);
        }
    }

    private static String text(Command command) {
        return switch (command) {
            case Command.Next() -> "next";
            case Command.Send(int value) -> "send " + value;
            case Command.Throw(Operation.Fault(String name, String message)) ->
                    "throw " + name + " " + message;
            case Command.Exit() -> "exit";
            case Command.Close() -> "close";
        };
    }

    /// Names an exception as the recording does; another than those is described in full, which no
    /// recording agrees with.
    static String describe(Throwable thrown) {
        return switch (thrown) {
            case ScenarioException e -> e.name() + "(" + e.getMessage() + ")";
            case GeneratorExit _ -> "GeneratorExit";
            case UnsupportedOperationException _ -> "AttributeError";
            case IllegalStateException e -> "RuntimeError(" + e.getMessage() + ")";
            default -> thrown.toString();
        };
    }

    private static String python(@Nullable Object value) {
        return value == null ? "None" : value.toString();
    }
}
