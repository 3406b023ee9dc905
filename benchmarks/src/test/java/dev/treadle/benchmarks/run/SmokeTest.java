package dev.treadle.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.Rows;
import dev.treadle.benchmarks.contestants.Contestant;
import dev.treadle.benchmarks.report.JmhResults;
import dev.treadle.benchmarks.report.Measurement;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Everybody does the work of every row once, in this JVM.
class SmokeTest {
    @ParameterizedTest
    @FieldSource("dev.treadle.benchmarks.Rows#TIMED")
    void everybodyComesToTheResult(Class<?> type, @TempDir Path directory) throws RunnerException {
        Row row = Rows.of(type);
        Path json = directory.resolve("results.json");

        new Runner(once(type, row, json).build()).run();

        List<Measurement> measurements = JmhResults.read(json, row);
        assertThat(measurements).hasSize(Combinations.of(type, true));
        assertThat(measurements)
                .extracting(each -> Contestant.named(each.contestant()).kind())
                .contains(Contestant.Kind.TREADLE, Contestant.Kind.JVM);
    }

    private static ChainedOptionsBuilder once(Class<?> type, Row row, Path json) {
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .include(Pattern.quote(type.getName()) + "\\.[^.]+$")
                        .mode(Mode.SingleShotTime)
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .resultFormat(ResultFormatType.JSON)
                        .result(json.toString());
        if (row.quickSize() > 0) {
            options.param("size", Integer.toString(row.quickSize()));
        }
        return options;
    }
}
