package dev.treadle.benchmarks.report;

/// One measured figure.
///
/// @param row the simple name of the row's class
/// @param contestant the name of the [dev.treadle.benchmarks.contestants.Contestant]
/// @param size how much of it there is, or 0 if the row has no size
/// @param score the cost of one operation, in the row's unit
/// @param error half the width of the interval in which it lies at 99.9 %; 0 if that is not known
/// @param bytes how much one operation allocates; negative if that is not known
public record Measurement(
        String row, String contestant, int size, double score, double error, double bytes) {}
