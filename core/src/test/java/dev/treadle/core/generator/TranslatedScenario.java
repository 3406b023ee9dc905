package dev.treadle.core.generator;

import dev.treadle.DuplexGenerator;
import dev.treadle.core.generator.Operation.Fault;
import dev.treadle.core.generator.Operation.Handler;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Recorded bodies as Java source, as somebody would write them: what [Interpreter] says of each
/// statement, in statements.
public final class TranslatedScenario {
    private static final String PACKAGE = "translated";

    private final StringBuilder out = new StringBuilder();
    private final boolean countsReferences;
    private String me = "";
    private int names;

    private TranslatedScenario(boolean countsReferences) {
        this.countsReferences = countsReferences;
    }

    /// What a translated body needs of the run that it belongs to.
    public interface Run {
        /// Notes what a body says.
        ///
        /// @param words what
        void log(String words);

        /// Notes a number.
        ///
        /// @param words what it is
        /// @param number the number
        /// @return the number
        default int note(String words, int number) {
            log(words + number);
            return number;
        }

        /// Notes what a body was sent, or got from what it delegated to.
        ///
        /// @param words which of the two
        /// @param value the value
        /// @return it as a number
        default int sent(String words, @Nullable Integer value) {
            return note(words, number(value));
        }

        /// Notes what a body caught.
        ///
        /// @param words that it did
        /// @param exception what
        default void caught(String words, Throwable exception) {
            log(words + ScenarioRun.describe(exception));
        }

        /// What was sent, as a number.
        ///
        /// @param value what was sent
        /// @return 0 for nothing
        default int number(@Nullable Integer value) {
            return value == null ? 0 : value;
        }

        /// Makes a generator.
        ///
        /// @param body the name of its body
        /// @return the generator
        DuplexGenerator<Integer, Integer, @Nullable Integer> start(String body);

        /// Closes a generator as CPython does when nothing references it any more.
        ///
        /// @param generator which
        void drop(DuplexGenerator<?, ?, ?> generator);
    }

    /// An exception of a translated body.
    ///
    /// @param name its class in Python
    /// @param message its message
    /// @return an exception
    public static RuntimeException exception(String name, String message) {
        return new ScenarioException(new Fault(name, message));
    }

    /// Whether an exception is of a class.
    ///
    /// @param exception which
    /// @param name the class in Python
    /// @return whether it is
    public static boolean is(RuntimeException exception, String name) {
        return exception instanceof ScenarioException thrown && thrown.name().equals(name);
    }

    // ---- all of them

    /// Translated bodies by the run that they belong to, and their name.
    @FunctionalInterface
    interface Bodies {
        DuplexGenerator.Body<Integer, Integer, @Nullable Integer> of(ScenarioRun run, String name);
    }

    /// Compiles all bodies of scenarios to classes in a folder, in two halves beside each other.
    static Bodies compile(
            List<GeneratorScenario> scenarios, Path folder, Function<Integer, Boolean> counts) {
        int half = scenarios.size() / 2;
        Stream.of(scenarios.subList(0, half), scenarios.subList(half, scenarios.size()))
                .parallel()
                .forEach(each -> SourceCompiler.compile(folder, sources(each, counts)));
        FolderLoader loader = new FolderLoader(folder);
        return (run, name) -> body(loader, run, name);
    }

    private static Map<String, String> sources(
            List<GeneratorScenario> scenarios, Function<Integer, Boolean> counts) {
        return scenarios.stream()
                .collect(
                        Collectors.toMap(
                                scenario -> PACKAGE + ".S" + scenario.seed(),
                                scenario -> source(scenario, counts.apply(scenario.seed()))));
    }

    @SuppressWarnings("unchecked") // so says the source
    private static DuplexGenerator.Body<Integer, Integer, @Nullable Integer> body(
            ClassLoader loader, ScenarioRun run, String name) {
        try {
            Class<?> type = Class.forName(PACKAGE + ".S" + run.seed(), true, loader);
            return (DuplexGenerator.Body<Integer, Integer, @Nullable Integer>)
                    MethodHandles.publicLookup()
                            .findStatic(
                                    type,
                                    name,
                                    MethodType.methodType(DuplexGenerator.Body.class, Run.class))
                            .invoke(run);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static String source(GeneratorScenario scenario, boolean countsReferences) {
        TranslatedScenario text = new TranslatedScenario(countsReferences);
        text.line(0, "package " + PACKAGE + ";");
        text.line(0, "import static " + TranslatedScenario.class.getName() + ".*;");
        text.line(0, "import dev.treadle.*;");
        text.line(0, "public class S" + scenario.seed() + " {");
        scenario.bodies().forEach(text::body);
        text.line(0, "}");
        return text.out.toString();
    }

    // ---- one body

    private void body(String name, List<Operation> operations) {
        me = name;
        line(
                1,
                "public static DuplexGenerator.Body<Integer, Integer, Integer> "
                        + name
                        + "(Run r) {");
        line(2, "return y -> {");
        line(3, "int x = 0;");
        line(3, "int last = 0;");
        block(3, operations);
        line(3, "return x;");
        line(2, "};");
        line(1, "}");
    }

    private void block(int depth, List<Operation> operations) {
        operations.forEach(operation -> operation(depth, operation));
    }

    private void operation(int depth, Operation operation) {
        switch (operation) {
            case Operation.Yield(int base) ->
                    line(
                            depth,
                            "last = r.sent(\"%s sent \", y.yield(%d + x %% 7));"
                                    .formatted(me, base));
            case Operation.YieldSum(int first, int second) ->
                    line(
                            depth,
                            "x = r.note(\"%s sum \", x + r.number(y.yield(%d)) + r.number(y.yield(%d)));"
                                    .formatted(me, first, second));
            case Operation.YieldItems(int count) ->
                    line(
                            depth,
                            "y.yieldFrom(java.util.stream.IntStream.range(0, %d).iterator());"
                                    .formatted(count));
            case Operation.YieldFrom(String body) -> delegate(depth, body);
            case Operation.Log(String word) -> log(depth, "log " + word);
            case Operation.Set(int addend) -> line(depth, "x += " + addend + ";");
            // `if (true)` keeps javac from complaining about what is never reached.
            case Operation.Raise(Fault(String name, String message)) ->
                    line(
                            depth,
                            "if (true) throw exception(\"%s\", \"%s\");".formatted(name, message));
            case Operation.Return(int addend) ->
                    line(depth, "if (true) return " + addend + " + x;");
            case Operation.Repeat(int times, List<Operation> block) -> {
                String counter = name("i");
                line(depth, "for (int %1$s = 0; %1$s < %2$d; %1$s++) {".formatted(counter, times));
                block(depth + 1, block);
                line(depth, "}");
            }
            case Operation.IfSent(List<Operation> odd, List<Operation> even) -> {
                line(depth, "if (last % 2 != 0) {");
                block(depth + 1, odd);
                line(depth, "} else {");
                block(depth + 1, even);
                line(depth, "}");
            }
            case Operation.Try attempt -> attempt(depth, attempt);
        }
    }

    private void delegate(int depth, String body) {
        String inner = name("inner");
        String result = name("result");
        line(depth, "var " + inner + " = r.start(\"" + body + "\");");
        line(depth, "Integer " + result + ";");
        line(depth, countsReferences ? "try {" : "{");
        // Not as an argument: javac would look for the method several times.
        line(depth + 1, result + " = y.yieldFrom(" + inner + ");");
        line(depth, countsReferences ? "} finally { r.drop(" + inner + "); }" : "}");
        line(depth, "last = r.sent(\"%s result \", %s);".formatted(me, result));
    }

    private void attempt(int depth, Operation.Try attempt) {
        line(depth, "try {");
        block(depth + 1, attempt.block());
        List<Handler> exit =
                attempt.handlers().stream().filter(each -> each.catches().equals("exit")).toList();
        List<Handler> others =
                attempt.handlers().stream().filter(each -> !each.catches().equals("exit")).toList();
        if (!others.isEmpty()) {
            String caught = name("e");
            line(depth, "} catch (RuntimeException " + caught + ") {");
            for (Handler handler : others) {
                line(depth + 1, "if (is(" + caught + ", \"" + handler.catches() + "\")) {");
                handler(depth + 2, caught, handler);
                line(depth + 1, "} else");
            }
            line(depth + 1, "{ throw " + caught + "; }");
        }
        for (Handler handler : exit) {
            String caught = name("e");
            line(depth, "} catch (GeneratorExit " + caught + ") {");
            handler(depth + 1, caught, handler);
        }
        if (!attempt.last().isEmpty()) {
            line(depth, "} finally {");
            block(depth + 1, attempt.last());
        }
        line(depth, "}");
    }

    private void handler(int depth, String caught, Handler handler) {
        line(depth, "r.caught(\"" + me + " caught \", " + caught + ");");
        block(depth, handler.block());
    }

    private void log(int depth, String words) {
        line(depth, "r.log(\"" + me + " " + words + "\");");
    }

    private String name(String what) {
        return what + names++;
    }

    private void line(int depth, String text) {
        out.repeat("    ", depth).append(text).append('\n');
    }
}
