package dev.treadle.benchmarks.report;

/// One measured figure.
///
/// @param row the simple name of the row's class
/// @param contestant the name of the [dev.treadle.benchmarks.contestants.Contestant]
/// @param size how much of it there is, or 0 if the row has no size
/// @param score the cost of one operation, in the row's unit
/// @param spread how much more the slowest try has cost; 0 if there was one only
/// @param bytes how much one operation allocates; negative if that is not known
public record Measurement(
        String row, String contestant, int size, double score, double spread, double bytes) {}
