package dev.treadle.benchmarks.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/// How much more a loop takes that is measured than one that is not.
///
/// @param work what it does: the name of the benchmark
/// @param metrics who looks on
/// @param time the median of the ratios of all rounds; 1 for no more
/// @param bytes what one operation allocates more, as the median of all rounds
record Overhead(String work, String metrics, double time, double bytes) {
    /// Who looks on in what the others are compared with: nobody.
    private static final String NOBODY = "absent";

    /// Everybody who may look on, by the names that the counters of the benchmark begin with.
    static final List<String> ONLOOKERS = List.of(NOBODY, "unbound", "bound");

    /// Less is no object per step, which would be sixteen bytes at least: the probes of lag
    /// allocate a little, ten times a second, whatever the loop does.
    private static final double NOTHING = 0.5;

    /// What was measured.
    ///
    /// @param round when: those of one round are compared
    /// @param work what the loop did
    /// @param metrics who looked on
    /// @param nanos how long one operation took
    /// @param bytes what it allocated
    record Figure(int round, String work, String metrics, double nanos, double bytes) {}

    /// Compares all figures with those of loops that nobody looked on.
    ///
    /// @param figures of each round all that there are
    /// @return for each work who looked on, in the order of the alphabet
    static List<Overhead> of(List<Figure> figures) {
        List<Overhead> all = new ArrayList<>();
        for (String work : new TreeSet<>(figures.stream().map(Figure::work).toList())) {
            List<Figure> ofWork = figures.stream().filter(each -> each.work.equals(work)).toList();
            for (String who : new TreeSet<>(ofWork.stream().map(Figure::metrics).toList())) {
                if (!who.equals(NOBODY)) {
                    all.add(compare(work, who, ofWork));
                }
            }
        }
        return all;
    }

    private static Overhead compare(String work, String who, List<Figure> ofWork) {
        List<Figure> looked = ofWork.stream().filter(each -> each.metrics.equals(who)).toList();
        double[] times =
                looked.stream()
                        .mapToDouble(each -> each.nanos / unlooked(each, ofWork).nanos)
                        .toArray();
        double[] bytes =
                looked.stream()
                        .mapToDouble(each -> each.bytes - unlooked(each, ofWork).bytes)
                        .toArray();
        return new Overhead(work, who, median(times), median(bytes));
    }

    private static Figure unlooked(Figure figure, List<Figure> ofWork) {
        return ofWork.stream()
                .filter(each -> each.round == figure.round && each.metrics.equals(NOBODY))
                .findFirst()
                .orElseThrow();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /// What the time may be, as `docs/observability.md` says.
    double bound() {
        if (metrics.equals("unbound")) {
            return 1.005;
        }
        return work.equals("echo") ? 1.01 : 1.03;
    }

    /// Whether neither time nor memory is more than it may be.
    boolean isWithin() {
        return time <= bound() && bytes < NOTHING;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%-14s %-8s %+6.2f %% (may be %+.1f %%), %+.2f B: %s",
                work,
                metrics,
                100 * (time - 1),
                100 * (bound() - 1),
                bytes,
                isWithin() ? "within" : "ABOVE");
    }
}
