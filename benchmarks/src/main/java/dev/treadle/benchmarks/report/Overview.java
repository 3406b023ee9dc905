package dev.treadle.benchmarks.report;

import dev.treadle.benchmarks.contestants.Contestant;
import dev.treadle.benchmarks.contestants.Contestant.Kind;
import java.util.List;
import java.util.Optional;

/// A line for each row and size: Treadle beside the fastest of its peers.
final class Overview {
    private Overview() {}

    static String section(List<RowResults> rows) {
        StringBuilder page = new StringBuilder();
        page.append(
                "| row | size | fastest of Treadle | fastest peer on the JVM | Treadle / peer | CPython / Treadle |\n");
        page.append("| --- | ---: | --- | --- | ---: | ---: |\n");
        for (RowResults results : rows) {
            for (int size : results.sizes()) {
                results.fastest(Kind.TREADLE, size)
                        .ifPresent(best -> page.append(line(results, size, best)));
            }
        }
        return page.toString();
    }

    private static String line(RowResults results, int size, Measurement best) {
        Optional<Measurement> peer = results.fastest(Kind.JVM, size);
        Optional<Measurement> python = results.fastest(Kind.PYTHON, size);
        return String.join(
                " | ",
                "| " + results.row().title(),
                size == 0 && results.sizes().size() == 1 ? "" : Figures.size(size),
                shown(results, best),
                peer.map(each -> shown(results, each)).orElse("none"),
                results.ratio(best).map(Figures::ratio).orElse(""),
                python.map(each -> Figures.ratio(each.score() / best.score())).orElse("") + " |\n");
    }

    private static String shown(RowResults results, Measurement figure) {
        return Contestant.named(figure.contestant()).label()
                + ", "
                + Figures.figure(figure.score())
                + " "
                + results.row().unit();
    }
}
