package dev.treadle.benchmarks.run;

import dev.treadle.benchmarks.contestants.Contestant;
import dev.treadle.benchmarks.footprint.FreshProcess;
import dev.treadle.benchmarks.footprint.MemoryProbe;
import dev.treadle.benchmarks.footprint.MemoryRow;
import dev.treadle.benchmarks.footprint.StartUp;
import dev.treadle.benchmarks.report.Measurement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Measures the rows that take a process of their own for each contestant.
///
/// @param starts how often start-up is measured
/// @param memorySizes how many things are held at a time
record FootprintRows(int starts, List<Integer> memorySizes) {
    private static final double NANOS_PER_MILLI = 1e6;

    List<Measurement> measure(Class<?> type)
            throws ReflectiveOperationException, IOException, InterruptedException {
        return MemoryRow.class.isAssignableFrom(type)
                ? memory(type.asSubclass(MemoryRow.class))
                : startUp();
    }

    private List<Measurement> memory(Class<? extends MemoryRow> type)
            throws ReflectiveOperationException, IOException, InterruptedException {
        List<Measurement> measurements = new ArrayList<>();
        for (Contestant who : type.getDeclaredConstructor().newInstance().contestants()) {
            FreshProcess.Output output = FreshProcess.run(memoryProbe(type, who));
            for (String line : output.lines()) {
                String[] sizeAndBytes = line.split(" ", -1);
                measurements.add(
                        new Measurement(
                                type.getSimpleName(),
                                who.name(),
                                Integer.parseInt(sizeAndBytes[0]),
                                Double.parseDouble(sizeAndBytes[1]),
                                0,
                                -1));
            }
        }
        return measurements;
    }

    private List<String> memoryProbe(Class<?> type, Contestant who) {
        List<String> command =
                new ArrayList<>(FreshProcess.java(MemoryProbe.class, type.getName(), who.name()));
        memorySizes.forEach(size -> command.add(size.toString()));
        return command;
    }

    private List<Measurement> startUp() throws IOException, InterruptedException {
        List<Measurement> measurements = new ArrayList<>();
        for (Contestant who : StartUp.contestants()) {
            measurements.add(startUp(who.name(), FreshProcess.java(StartUp.class, who.name())));
        }
        return measurements;
    }

    /// Measures how soon a command prints its first line.
    ///
    /// @param who the contestant's name
    /// @param command what to run
    /// @return the median
    Measurement startUp(String who, List<String> command) throws IOException, InterruptedException {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < starts; i++) {
            millis.add(FreshProcess.run(command).nanosToFirstLine() / NANOS_PER_MILLI);
        }
        millis.sort(null);
        double spread = millis.getLast() - millis.get(starts / 2);
        return new Measurement(
                StartUp.class.getSimpleName(), who, 0, millis.get(starts / 2), spread, -1);
    }
}
