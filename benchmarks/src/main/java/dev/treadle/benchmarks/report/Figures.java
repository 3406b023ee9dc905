package dev.treadle.benchmarks.report;

import java.util.Locale;

/// Numbers as the page shows them.
final class Figures {
    private Figures() {}

    /// Three digits, more where there are more before the point.
    static String figure(double value) {
        if (value >= 100) {
            return String.format(Locale.ROOT, "%,.0f", value).replace(',', ' ');
        }
        return String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
    }

    static String ratio(double value) {
        return figure(value) + " ×";
    }

    static String size(int size) {
        return String.format(Locale.ROOT, "%,d", size).replace(',', ' ');
    }

    static String exponent(double value) {
        String shown = String.format(Locale.ROOT, "%.2f", value);
        return shown.equals("-0.00") ? "0.00" : shown;
    }
}
