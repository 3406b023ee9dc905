package dev.treadle.core.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.DuplexGenerator;
import dev.treadle.Generator;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Differential test: random generator programs do here what they did on CPython 3.13, interpreted
/// by a body that no compiler of bodies could take, and as the bodies that somebody would write, on
/// both engines.
class GeneratorOracleTest {
    private static final int SHOWN = 3;

    /// Scenarios in which an inner generator ignores GeneratorExit and is then dropped by the outer
    /// one. CPython counts references, so it closes the dropped one there and then, a second time;
    /// here the collector does so, some day. These run with bodies that do it themselves.
    private static final Set<Integer> DROPPED_DELEGATES =
            Set.of(26, 348, 382, 654, 719, 949, 1049, 1132, 1519, 1564);

    private static final List<GeneratorScenario> SCENARIOS = GeneratorScenario.readAll();

    @Test
    void interpretedProgramsRunAsOnCPython() {
        assertAllAgree((run, name) -> DuplexGenerator.of(Interpreter.body(run, name)));
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES) // javac needs its time, so once is enough
    @DisabledIfSystemProperty(
            named = "treadle.compile",
            matches = "off",
            disabledReason = "runs on both engines where bodies are compiled")
    @DisabledIfSystemProperty(
            named = "treadle.test.carriers",
            matches = "mounted",
            disabledReason = "the interpreted programs run under these carriers")
    void translatedProgramsRunAsOnCPythonOnBothEngines(@TempDir Path folder) {
        TranslatedScenario.Bodies translated =
                TranslatedScenario.compile(SCENARIOS, folder, DROPPED_DELEGATES::contains);
        Set<Generator.Engine> engines = ConcurrentHashMap.newKeySet();

        assertAllAgree((run, name) -> {
            var generator = DuplexGenerator.of(translated.of(run, name));
            engines.add(generator.engine());
            return generator;
        });
        assertAllAgree((run, name) -> EngineDifferenceTest.onAStack(translated.of(run, name)));

        assertThat(engines).containsExactly(new Generator.Engine.Compiled());
    }

    private static void assertAllAgree(ScenarioRun.Maker maker) {
        List<String> disagreements =
                SCENARIOS.parallelStream()
                        .map(scenario -> disagreement(scenario, maker))
                        .filter(Objects::nonNull)
                        .toList();

        assertThat(SCENARIOS).hasSize(1500);
        assertThat(disagreements)
                .withFailMessage(() ->
                        disagreements.size()
                                + " scenarios disagree, the first of them:\n"
                                + String.join("\n", disagreements.stream().limit(SHOWN).toList()))
                .isEmpty();
    }

    private static @Nullable String disagreement(
            GeneratorScenario scenario, ScenarioRun.Maker maker) {
        List<String> actual =
                ScenarioRun.log(scenario, maker, DROPPED_DELEGATES.contains(scenario.seed()));
        return actual.equals(scenario.log()) ? null : report(scenario, actual);
    }

    private static String report(GeneratorScenario scenario, List<String> actual) {
        return """
        seed %d
        %s
        expected (first difference at entry %d)
            %s
        actual
            %s
        """
                .formatted(
                        scenario.seed(),
                        ScenarioText.of(scenario),
                        firstDifference(scenario.log(), actual),
                        String.join("\n    ", scenario.log()),
                        String.join("\n    ", actual));
    }

    private static int firstDifference(List<String> expected, List<String> actual) {
        int i = 0;
        while (i < expected.size() && i < actual.size() && expected.get(i).equals(actual.get(i))) {
            i++;
        }
        return i + 1;
    }
}
