package dev.treadle.benchmarks.footprint;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Runs something in a process of its own.
public final class FreshProcess {
    private FreshProcess() {}

    /// What a process printed.
    ///
    /// @param lines the lines of its standard output
    /// @param nanosToFirstLine the time from starting it to its first line
    public record Output(List<String> lines, long nanosToFirstLine) {}

    /// Finds the command that runs a class in a JVM like this one.
    ///
    /// @param main the class
    /// @param args its arguments
    /// @return the command
    public static List<String> java(Class<?> main, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(args));
        return command;
    }

    /// {@return the options of every JVM that is measured} Meters are on the class path for a
    /// measurement of their own, and in no other.
    public static List<String> jvmOptions() {
        return List.of(
                "--add-opens=java.base/java.lang=ALL-UNNAMED", "-Dtreadle.metrics.global=false");
    }

    /// Runs a command to its end.
    ///
    /// @param command what to run
    /// @return what it printed
    /// @throws IOException if it cannot be run, or fails
    /// @throws InterruptedException if this thread is interrupted
    public static Output run(List<String> command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<String> lines = new ArrayList<>();
        long first = 0;
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (lines.isEmpty()) {
                    first = System.nanoTime() - start;
                }
                lines.add(line);
            }
        }
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException(command + " ended with status " + status);
        }
        return new Output(lines, first);
    }
}
