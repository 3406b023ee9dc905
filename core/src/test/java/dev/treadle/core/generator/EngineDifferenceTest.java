package dev.treadle.core.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator.Engine;
import dev.treadle.Generator.State;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Differential test between the engines: bodies that were drawn at random do the same compiled as
/// on a stack of their own. `-Dtreadle.test.seed=N` draws others.
@DisabledIfSystemProperty(
        named = "treadle.compile",
        matches = "off",
        disabledReason = "compares compiled bodies")
public class EngineDifferenceTest {
    private static final int BODIES = 40;
    private static final int DRIVES = 6;
    private static final int MOST_STEPS = 60;
    private static final long SEED = Long.getLong("treadle.test.seed", 20250301);

    /// What a body notes.
    public interface Log {
        /// Notes something.
        ///
        /// @param entry what
        void add(String entry);
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES) // javac needs its time
    void bodiesDoTheSameOnBothEngines(@TempDir Path folder) throws Exception {
        Map<Long, String> sources =
                LongStream.range(SEED, SEED + BODIES)
                        .boxed()
                        .collect(
                                Collectors.toMap(
                                        seed -> seed, seed -> RandomBody.source(type(seed), seed)));
        SourceCompiler.compile(
                folder,
                sources.entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        each -> type(each.getKey()), Map.Entry::getValue)));
        FolderLoader loader = new FolderLoader(folder);

        for (Map.Entry<Long, String> each : sources.entrySet()) {
            long seed = each.getKey();
            Method maker = Class.forName(type(seed), true, loader).getMethod("body", Log.class);
            for (int drive = 0; drive < DRIVES; drive++) {
                String described =
                        "-Dtreadle.test.seed=%d, drive %d, of%n%s"
                                .formatted(seed, drive, each.getValue());
                List<String> compiled = new ArrayList<>();
                var generator = DuplexGenerator.of(body(maker, compiled));
                assertThat(generator.engine())
                        .describedAs(described)
                        .isEqualTo(new Engine.Compiled());
                drive(generator, compiled, new Random(seed + drive));

                List<String> stackful = new ArrayList<>();
                drive(onAStack(body(maker, stackful)), stackful, new Random(seed + drive));

                assertThat(compiled).describedAs(described).isEqualTo(stackful);
            }
        }
    }

    private static String type(long seed) {
        return "Drawn" + seed;
    }

    @SuppressWarnings("unchecked") // so says the source
    private static DuplexGenerator.Body<Integer, Integer, String> body(
            Method maker, List<String> log) throws ReflectiveOperationException {
        Log entries = log::add;
        return (DuplexGenerator.Body<Integer, Integer, String>) maker.invoke(null, entries);
    }

    /// The same body where it cannot be compiled: another one passes its yielder on.
    static <R extends @Nullable Object> DuplexGenerator<Integer, Integer, R> onAStack(
            DuplexGenerator.Body<Integer, Integer, R> body) {
        DuplexGenerator<Integer, Integer, R> generator = DuplexGenerator.of(y -> body.run(y));
        assertThat(generator.engine()).isInstanceOf(Engine.Stackful.class);
        return generator;
    }

    private static void drive(
            DuplexGenerator<Integer, Integer, String> generator, List<String> log, Random random) {
        for (int step = 0; step < MOST_STEPS; step++) {
            int choice = random.nextInt(30);
            int number = random.nextInt(50);
            try {
                log.add(answer(generator, choice, number));
            } catch (Throwable thrown) {
                log.add(thrown.getClass() + ": " + thrown.getMessage());
                if (generator.state() == State.CLOSED) {
                    return;
                }
            }
        }
        finish(generator, log);
    }

    private static String answer(
            DuplexGenerator<Integer, Integer, String> generator, int choice, int number) {
        return switch (choice) {
            case 0 -> "raised " + generator.raise(new IllegalStateException("raised " + number));
            case 1 -> "raised " + generator.raise(new IllegalArgumentException("raised " + number));
            case 2 -> "finished " + generator.finish();
            case 3, 4, 5, 6, 7, 8 -> "next " + generator.next();
            default -> "sent " + step(generator, number);
        };
    }

    private static @Nullable Object step(
            DuplexGenerator<Integer, Integer, String> generator, int number) {
        return generator.state() == State.CREATED ? generator.next() : generator.step(number);
    }

    private static void finish(
            DuplexGenerator<Integer, Integer, String> generator, List<String> log) {
        for (int i = 0; i < MOST_STEPS && generator.state() != State.CLOSED; i++) {
            try {
                log.add("finished " + generator.finish());
            } catch (RuntimeException thrown) {
                log.add(thrown.toString());
            }
        }
    }
}
