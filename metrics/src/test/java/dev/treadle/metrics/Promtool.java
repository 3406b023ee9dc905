package dev.treadle.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The programs `prometheus` and `promtool`, of Debian's package `prometheus`.
///
/// Tests that need them are skipped where they are not installed, and fail where they have to be:
/// where the environment variable `TREADLE_PROMETHEUS` is `required`, as in `.ci/run`.
final class Promtool {
    private static final boolean REQUIRED = "required".equals(System.getenv("TREADLE_PROMETHEUS"));

    private Promtool() {}

    /// Skips or fails the calling test if a program is not installed.
    static String require(String program) {
        boolean installed =
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        if (REQUIRED) {
            assertThat(installed)
                    .as("%s is installed, as TREADLE_PROMETHEUS=required asks for", program)
                    .isTrue();
        }
        assumeTrue(
                installed,
                () -> program + " is not installed: apt-get install prometheus, to run this");
        return program;
    }

    /// Runs promtool; what it prints is the message if it fails.
    static void run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(require("promtool")));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile("promtool", ".txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        boolean ended = process.waitFor(1, TimeUnit.MINUTES);
        process.destroyForcibly();

        assertThat(ended).as("%s has ended", command).isTrue();
        assertThat(process.exitValue())
                .as("%s%n%s", String.join(" ", command), Files.readString(output))
                .isZero();
        Files.delete(output);
    }
}
