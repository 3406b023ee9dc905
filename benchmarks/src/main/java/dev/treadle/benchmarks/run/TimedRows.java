package dev.treadle.benchmarks.run;

import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.Rows;
import dev.treadle.benchmarks.footprint.FreshProcess;
import dev.treadle.benchmarks.report.JmhResults;
import dev.treadle.benchmarks.report.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/// Has JMH measure rows.
///
/// @param pace how long
/// @param oneSize whether a row is measured at one size instead of all
/// @param directory where JMH's own results go
record TimedRows(Pace pace, boolean oneSize, Path directory) {
    /// Measures a row.
    ///
    /// @param type the row's class
    /// @return its measurements; one that failed is missing
    /// @throws RunnerException if JMH cannot run it
    /// @throws IOException if results cannot be written
    List<Measurement> measure(Class<?> type) throws RunnerException, IOException {
        Row row = Rows.of(type);
        Files.createDirectories(directory);
        Path json = directory.resolve(type.getSimpleName() + ".json");
        List<String> jvmOptions = new ArrayList<>(FreshProcess.jvmOptions());
        jvmOptions.add("--sun-misc-unsafe-memory-access=allow"); // JMH and Netty use it
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .include(Pattern.quote(type.getName()) + "\\.[^.]+$")
                        .mode(Mode.AverageTime)
                        .timeUnit(TimeUnit.NANOSECONDS)
                        .forks(1)
                        .warmupIterations(pace.warmups())
                        .warmupTime(TimeValue.milliseconds(pace.millis()))
                        .measurementIterations(pace.iterations())
                        .measurementTime(TimeValue.milliseconds(pace.millis()))
                        .jvmArgsAppend(jvmOptions.toArray(String[]::new))
                        .addProfiler(GCProfiler.class)
                        .shouldFailOnError(
                                false) // the others of the row count; who calls looks what is
                        // missing
                        .resultFormat(ResultFormatType.JSON)
                        .result(json.toString());
        if (oneSize && row.quickSize() > 0) {
            options.param("size", Integer.toString(row.quickSize()));
        }
        new Runner(options.build()).run();
        return JmhResults.read(json, row);
    }
}
