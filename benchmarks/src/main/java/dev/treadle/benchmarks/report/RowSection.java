package dev.treadle.benchmarks.report;

import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.Contestant;
import dev.treadle.benchmarks.contestants.Contestant.Kind;
import java.util.List;
import java.util.Optional;

/// All about one row: what was done, by whom, at what cost, and how that grows.
final class RowSection {
    private RowSection() {}

    static String of(RowResults results, String plot) {
        Row row = results.row();
        StringBuilder page = new StringBuilder();
        page.append("### ").append(row.title()).append("\n\n");
        page.append(row.work()).append(" ").append(reading(results)).append("\n\n");
        page.append(table(results));
        if (grows(results)) {
            page.append("\n![").append(row.title()).append("](").append(plot).append(")\n");
        }
        return page.append("\n").toString();
    }

    /// Whether there are enough sizes to draw a line.
    static boolean grows(RowResults results) {
        return results.contestants().stream().anyMatch(each -> results.growth(each).isPresent());
    }

    private static String reading(RowResults results) {
        Row row = results.row();
        String unit = row.unit() + " per " + row.operation();
        return hasSizes(results)
                ? "In " + unit + "; a column for each number of " + row.counts() + "."
                : "In " + unit + ".";
    }

    private static boolean hasSizes(RowResults results) {
        return !results.sizes().equals(List.of(0));
    }

    private static String table(RowResults results) {
        StringBuilder head = new StringBuilder("| who |");
        StringBuilder rule = new StringBuilder("| --- |");
        for (int size : results.sizes()) {
            head.append(' ').append(hasSizes(results) ? Figures.size(size) : "cost").append(" |");
            rule.append(" ---: |");
        }
        boolean growth = grows(results);
        if (growth) {
            head.append(" grows as |");
            rule.append(" ---: |");
        }
        boolean bytes = results.measurements().stream().anyMatch(each -> each.bytes() >= 0);
        if (bytes) {
            head.append(" allocated |");
            rule.append(" ---: |");
        }
        StringBuilder table =
                new StringBuilder().append(head).append("\n").append(rule).append("\n");
        for (Contestant contestant : results.contestants()) {
            table.append("| ").append(name(contestant)).append(" |");
            for (int size : results.sizes()) {
                table.append(' ').append(cell(results, contestant, size)).append(" |");
            }
            if (growth) {
                table.append(' ').append(power(results, contestant)).append(" |");
            }
            if (bytes) {
                table.append(' ').append(allocated(results, contestant)).append(" |");
            }
            table.append("\n");
        }
        return table.toString();
    }

    private static String name(Contestant contestant) {
        return contestant.kind() == Kind.TREADLE
                ? "**Treadle, " + contestant.label() + "**"
                : contestant.label();
    }

    private static String cell(RowResults results, Contestant contestant, int size) {
        Optional<Measurement> figure = results.of(contestant, size);
        if (figure.isEmpty()) {
            return "";
        }
        String cost = Figures.figure(figure.get().score());
        return results.ratio(figure.get())
                .map(ratio -> cost + " (" + Figures.ratio(ratio) + ")")
                .orElse(cost);
    }

    private static String power(RowResults results, Contestant contestant) {
        return results.growth(contestant)
                .map(growth -> "n^" + Figures.exponent(growth.exponent()))
                .orElse("");
    }

    /// At the largest size, as that is where it matters.
    private static String allocated(RowResults results, Contestant contestant) {
        double bytes = results.of(contestant).getLast().bytes();
        return bytes < 0 ? "" : Figures.figure(bytes) + " B";
    }
}
