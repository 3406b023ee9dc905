package dev.treadle.benchmarks.run;

import dev.treadle.benchmarks.report.Environment;
import dev.treadle.benchmarks.report.Measurement;
import dev.treadle.benchmarks.report.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.ObjectMapper;

/// Measures all rows in one run and writes the page.
public final class Main {
    private Main() {}

    /// What a run leaves behind, so that the page can be written again without measuring.
    ///
    /// @param environment where it was measured
    /// @param measurements what was measured
    /// @param failures the rows of which figures are missing
    record Recording(
            Environment environment, List<Measurement> measurements, List<String> failures) {}

    /// Runs.
    ///
    /// @param args see [Arguments]
    /// @throws Exception if a benchmark fails, or nothing can be written
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.of(args);
        if (arguments.metrics()) {
            MetricsRuns.measure().forEach(System.out::println);
            return;
        }
        Path recorded = arguments.results().resolve("recording.json");
        Recording recording;
        if (arguments.pageOnly()) {
            recording = new ObjectMapper().readValue(recorded.toFile(), Recording.class);
        } else {
            recording = new Measuring(arguments).run();
            save(recording, recorded);
        }
        new Page(recording.environment(), recording.measurements()).write(arguments.page());
        System.out.println("# the page is " + arguments.page());
        if (!recording.failures().isEmpty()) {
            throw new IllegalStateException(
                    "not all could be measured, see above: " + recording.failures());
        }
    }

    private static void save(Recording recording, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), recording);
    }
}
