package dev.treadle.benchmarks.run;

import dev.treadle.benchmarks.footprint.FreshProcess;
import dev.treadle.benchmarks.report.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectMapper;

/// CPython and the script that does the work of the rows in it.
///
/// @param executable the interpreter
/// @param version its version, and that of uvloop
/// @param uvloop whether it has uvloop
/// @param script the script
record Python(String executable, String version, boolean uvloop, Path script) {
    /// Looks for interpreters: on the path, and where Debian has the one that its package
    /// python3-uvloop is for. One that has uvloop is preferred.
    ///
    /// @param script the script
    /// @return what was found; empty if nothing was
    /// @throws InterruptedException if this thread is interrupted
    static List<Python> find(Path script) throws InterruptedException {
        List<Python> found = new ArrayList<>();
        for (String executable : List.of("python3", "/usr/bin/python3")) {
            try {
                String version =
                        FreshProcess.run(List.of(executable, script.toString(), "version"))
                                .lines()
                                .getFirst();
                found.add(new Python(executable, version, version.contains("uvloop"), script));
            } catch (IOException e) {
                System.out.println("# no CPython as " + executable + ": " + e.getMessage());
            }
        }
        return Stream.concat(found.stream().filter(Python::uvloop), found.stream())
                .limit(1)
                .toList();
    }

    /// {@return the names of the contestants that it can be}
    List<String> contestants() {
        return uvloop ? List.of("CPYTHON", "UVLOOP") : List.of("CPYTHON");
    }

    /// Measures all rows that the script knows.
    ///
    /// @param who which contestant
    /// @param rows the names of the rows that are wanted
    /// @param seconds how long each figure is measured
    /// @param quick whether one size is enough
    /// @param json where the script writes
    /// @return the measurements
    List<Measurement> measure(
            String who, List<String> rows, double seconds, boolean quick, Path json)
            throws IOException, InterruptedException {
        Files.createDirectories(json.toAbsolutePath().getParent());
        FreshProcess.run(
                List.of(
                        executable,
                        script.toString(),
                        "measure",
                        who,
                        String.join(",", rows),
                        Double.toString(seconds),
                        quick ? "quick" : "full",
                        json.toString()));
        return new ObjectMapper().readValue(json.toFile(), new TypeReference<>() {});
    }

    /// {@return the command that prints the first result of a loop}
    ///
    /// @param who which contestant
    List<String> startUp(String who) {
        return List.of(executable, script.toString(), "start", who);
    }
}
