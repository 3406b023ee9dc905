package dev.treadle.benchmarks.report;

import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.Rows;
import dev.treadle.benchmarks.contestants.Contestant;
import dev.treadle.benchmarks.contestants.Contestant.Kind;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What was measured of one row.
///
/// @param type the row's class
/// @param measurements its figures
public record RowResults(Class<?> type, List<Measurement> measurements) {
    /// Picks the measurements of a row.
    ///
    /// @param type the row's class
    /// @param all the measurements of all rows
    /// @return those of this row
    public static RowResults of(Class<?> type, List<Measurement> all) {
        return new RowResults(
                type,
                all.stream().filter(each -> each.row().equals(type.getSimpleName())).toList());
    }

    /// {@return what the row tells about itself}
    public Row row() {
        return Rows.of(type);
    }

    /// {@return the sizes, ascending; a single 0 if the row has none}
    public List<Integer> sizes() {
        return measurements.stream().map(Measurement::size).distinct().sorted().toList();
    }

    /// {@return who took part, in the order of the page}
    public List<Contestant> contestants() {
        return Contestant.all().stream().filter(each -> !of(each).isEmpty()).toList();
    }

    /// Finds the figures of a contestant.
    ///
    /// @param contestant who
    /// @return the figures, by ascending size
    public List<Measurement> of(Contestant contestant) {
        return measurements.stream()
                .filter(each -> each.contestant().equals(contestant.name()))
                .sorted(Comparator.comparingInt(Measurement::size))
                .toList();
    }

    /// Finds a figure.
    ///
    /// @param contestant who
    /// @param size the size
    /// @return the figure, if it was measured
    public Optional<Measurement> of(Contestant contestant, int size) {
        return of(contestant).stream().filter(each -> each.size() == size).findFirst();
    }

    /// Finds the fastest of a kind.
    ///
    /// @param kind what they are
    /// @param size the size
    /// @return the figure with the lowest cost
    public Optional<Measurement> fastest(Kind kind, int size) {
        return measurements.stream()
                .filter(each -> each.size() == size)
                .filter(each -> Contestant.named(each.contestant()).kind() == kind)
                .min(Comparator.comparingDouble(Measurement::score));
    }

    /// Compares a figure with the fastest peer on the JVM.
    ///
    /// @param measurement the figure
    /// @return its cost divided by the peer's: below 1 is ahead. Empty if there is no such peer
    public Optional<Double> ratio(Measurement measurement) {
        return fastest(Kind.JVM, measurement.size())
                .map(peer -> measurement.score() / peer.score());
    }

    /// Fits how a contestant's cost of one operation grows.
    ///
    /// @param contestant who
    /// @return the growth; empty with fewer than four sizes
    public Optional<Growth> growth(Contestant contestant) {
        List<Measurement> figures = of(contestant);
        return figures.size() < Growth.LEAST_SIZES
                ? Optional.empty()
                : Optional.of(
                        Growth.fit(
                                figures.stream().map(Measurement::size).toList(),
                                figures.stream().map(Measurement::score).toList()));
    }
}
