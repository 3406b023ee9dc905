package dev.treadle.benchmarks.report;

import dev.treadle.benchmarks.contestants.Contestant;
import dev.treadle.benchmarks.contestants.Contestant.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Lists where Treadle is not ahead of every peer on the JVM.
final class Behind {
    private Behind() {}

    static String section(List<RowResults> rows) {
        StringBuilder page = new StringBuilder();
        page.append(
                "| row | not ahead, with its cost over the fastest peer's | fastest peer | why, and what would close it |\n");
        page.append("| --- | --- | --- | --- |\n");
        int listed = 0;
        for (RowResults results : rows) {
            List<String> variants = new ArrayList<>();
            boolean someAhead = false;
            for (Contestant contestant : treadle(results)) {
                String ratios = ratios(results, contestant);
                if (ratios.isEmpty()) {
                    someAhead = true;
                } else {
                    variants.add(contestant.label() + " " + ratios);
                }
            }
            if (variants.isEmpty()) {
                continue;
            }
            listed++;
            String title = results.row().title();
            page.append("| ")
                    .append(someAhead ? title : "**" + title + "**")
                    .append(" | ")
                    .append(String.join("; ", variants))
                    .append(" | ")
                    .append(String.join(", ", peers(results)))
                    .append(" | ")
                    .append(reason(results))
                    .append(" |\n");
        }
        return listed == 0
                ? "Nowhere: in every row each variant costs less than every peer on the JVM.\n"
                : page + "\nBold: no variant of Treadle is ahead. Elsewhere the others are.\n";
    }

    private static String reason(RowResults results) {
        String behind = results.row().behind();
        return behind.isEmpty() ? "Not looked into yet." : behind;
    }

    private static List<Contestant> treadle(RowResults results) {
        return results.contestants().stream().filter(each -> each.kind() == Kind.TREADLE).toList();
    }

    /// How far a contestant is behind, from the least to the most; empty if it is ahead at all
    /// sizes.
    private static String ratios(RowResults results, Contestant contestant) {
        List<Double> behind =
                results.of(contestant).stream()
                        .flatMap(each -> results.ratio(each).stream())
                        .filter(ratio -> ratio >= 1)
                        .sorted()
                        .toList();
        if (behind.isEmpty()) {
            return "";
        }
        String least = Figures.ratio(behind.getFirst());
        String most = Figures.ratio(behind.getLast());
        return least.equals(most) ? least : least + " to " + most;
    }

    private static Set<String> peers(RowResults results) {
        Set<String> peers = new LinkedHashSet<>();
        for (int size : results.sizes()) {
            results.fastest(Kind.JVM, size)
                    .ifPresent(each -> peers.add(Contestant.named(each.contestant()).label()));
        }
        return peers;
    }
}
