package dev.treadle.examples.crawler;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/// Tells how far the crawl is, while it runs.
sealed interface Progress {

    /// Shows the state, if that is worth it now.
    ///
    /// @param visited how many addresses have been dealt with
    /// @param known how many addresses are to be visited, as far as is known
    /// @param busy how many workers are at work
    /// @param elapsed since when
    void show(int visited, int known, int busy, Duration elapsed);

    /// Clears what is in the way of the report.
    void end();

    /// A bar on a terminal; now and then a line where the output goes elsewhere.
    @SuppressWarnings("SystemConsoleNull") // in 22 to 24 it never was null; in 25 it is again
    static Progress on(PrintStream out) {
        Console console = System.console();
        return console != null && console.isTerminal() ? new Bar(out) : new Lines(out);
    }

    /// One line that is drawn over and over.
    final class Bar implements Progress {
        private static final int WIDTH = 30;
        private static final String ERASE_REST = "\033[K"; // of the line
        private static final Duration INTERVAL = Duration.ofMillis(50);

        private final PrintStream out;
        private Duration next = Duration.ZERO; // loop thread only

        Bar(PrintStream out) {
            this.out = out;
        }

        @Override
        public void show(int visited, int known, int busy, Duration elapsed) {
            if (elapsed.compareTo(next) < 0) {
                return; // a terminal is slow, and the loop waits for it
            }
            next = elapsed.plus(INTERVAL);
            int filled = WIDTH * visited / Math.max(known, 1);
            out.printf(
                    Locale.ROOT,
                    "\r[%s%s] %d of %d pages, %d workers busy, %s" + ERASE_REST,
                    "#".repeat(filled),
                    "-".repeat(WIDTH - filled),
                    visited,
                    known,
                    busy,
                    Report.time(elapsed));
            out.flush();
        }

        @Override
        public void end() {
            out.print("\r" + ERASE_REST);
            out.flush();
        }
    }

    /// A line for each hundred pages.
    final class Lines implements Progress {
        private static final int STEP = 100;

        private final PrintStream out;

        Lines(PrintStream out) {
            this.out = out;
        }

        @Override
        public void show(int visited, int known, int busy, Duration elapsed) {
            if (visited % STEP == 0) {
                out.printf(
                        Locale.ROOT,
                        "%d of %d pages, %d workers busy, %s%n",
                        visited,
                        known,
                        busy,
                        Report.time(elapsed));
            }
        }

        @Override
        public void end() {
            // each line stands for itself
        }
    }
}
