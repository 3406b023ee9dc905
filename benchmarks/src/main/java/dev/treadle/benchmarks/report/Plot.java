package dev.treadle.benchmarks.report;

import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.Contestant;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.geom.Rectangle2D;
import java.text.NumberFormat;
import java.util.List;
import java.util.Locale;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogarithmicAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import org.jfree.svg.SVGGraphics2D;

/// Draws how the cost of an operation grows.
final class Plot {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 420;
    private static final BasicStroke TREADLE = new BasicStroke(2.5f);
    private static final BasicStroke PEER =
            new BasicStroke(
                    1.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND, 1, new float[] {5, 3}, 0);

    private Plot() {}

    /// Draws a row on two logarithmic axes: Treadle in full lines, everybody else in broken ones.
    ///
    /// @param results the row
    /// @return an SVG document
    static String svg(RowResults results) {
        Row row = results.row();
        XYSeriesCollection lines = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
        List<Contestant> contestants = results.contestants();
        for (int i = 0; i < contestants.size(); i++) {
            Contestant contestant = contestants.get(i);
            XYSeries line = new XYSeries(contestant.label());
            results.of(contestant).stream()
                    .filter(each -> each.score() > 0) // else it has no place on this axis
                    .forEach(each -> line.add(each.size(), each.score()));
            lines.addSeries(line);
            boolean treadle = contestant.kind() == Contestant.Kind.TREADLE;
            renderer.setSeriesStroke(i, treadle ? TREADLE : PEER);
            renderer.setSeriesPaint(
                    i, Color.getHSBColor((float) i / contestants.size(), 0.9f, 0.7f));
        }
        XYPlot plot =
                new XYPlot(
                        lines,
                        axis(row.counts()),
                        axis(row.unit() + " per " + row.operation()),
                        renderer);
        plot.setBackgroundPaint(Color.WHITE);
        plot.setDomainGridlinePaint(Color.LIGHT_GRAY);
        plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
        JFreeChart chart = new JFreeChart(row.title(), plot);
        chart.setBackgroundPaint(Color.WHITE);
        chart.getLegend().setPosition(RectangleEdge.RIGHT);
        SVGGraphics2D graphics = new SVGGraphics2D(WIDTH, HEIGHT);
        // Else the names in the document would be random, and a page never the same twice.
        graphics.setDefsKeyPrefix(results.type().getSimpleName());
        chart.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, HEIGHT));
        return graphics.getSVGElement();
    }

    /// Not a `LogAxis`: that draws its labels as outlines, which nobody can search and which fill
    /// the document.
    private static LogarithmicAxis axis(String label) {
        LogarithmicAxis axis = new LogarithmicAxis(label);
        axis.setExpTickLabelsFlag(false);
        axis.setMinorTickMarksVisible(false);
        axis.setNumberFormatOverride(NumberFormat.getIntegerInstance(Locale.ROOT));
        return axis;
    }
}
