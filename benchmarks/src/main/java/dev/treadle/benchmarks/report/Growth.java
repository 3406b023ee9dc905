package dev.treadle.benchmarks.report;

import java.util.List;

/// How a cost grows with the size.
///
/// @param exponent the power of the size that fits best: at 0 the cost is the same at any size, at
///   1 it doubles where the size does
public record Growth(double exponent) {
    /// With fewer sizes there is nothing to fit.
    public static final int LEAST_SIZES = 4;

    /// Fits a power law by least squares of the logarithms.
    ///
    /// @param sizes the sizes, at least two different ones, all positive
    /// @param costs the cost at each, all positive
    /// @return what fits best
    /// @throws IllegalArgumentException if there is nothing to fit
    public static Growth fit(List<Integer> sizes, List<Double> costs) {
        if (sizes.size() != costs.size() || sizes.stream().distinct().count() < 2) {
            throw new IllegalArgumentException(
                    "a fit needs costs at two sizes or more; sizes " + sizes + ", costs " + costs);
        }
        int n = sizes.size();
        double meanX = 0;
        double meanY = 0;
        for (int i = 0; i < n; i++) {
            meanX += logarithm(sizes.get(i)) / n;
            meanY += logarithm(costs.get(i)) / n;
        }
        double covariance = 0;
        double variance = 0;
        for (int i = 0; i < n; i++) {
            double x = logarithm(sizes.get(i)) - meanX;
            covariance += x * (logarithm(costs.get(i)) - meanY);
            variance += x * x;
        }
        return new Growth(covariance / variance);
    }

    private static double logarithm(double value) {
        if (value <= 0) {
            throw new IllegalArgumentException("a power law has no value " + value);
        }
        return Math.log(value);
    }
}
