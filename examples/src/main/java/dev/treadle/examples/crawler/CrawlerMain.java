package dev.treadle.examples.crawler;

import dev.treadle.Async;
import dev.treadle.EventLoop;
import dev.treadle.KeyboardInterrupt;
import dev.treadle.LoopConfig;
import dev.treadle.examples.crawler.site.EmbeddedSite;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// The program: reads the arguments, crawls, prints the report and says by its exit code how it
/// went.
public final class CrawlerMain {
    static final int CRAWLED = 0;
    static final int UNREACHABLE = 1;
    static final int USAGE = 2;
    static final int INTERRUPTED = 130; // what a shell expects of a program that Ctrl-C ended

    private final PrintStream out;
    private final PrintStream err;

    CrawlerMain(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /// Runs the program.
    ///
    /// @param args see `--help`
    public static void main(String[] args) {
        System.exit(new CrawlerMain(System.out, System.err).run(List.of(args)));
    }

    /// Runs the program; returns its exit code.
    int run(List<String> args) {
        if (args.contains("--help")) {
            out.print(Options.USAGE);
            return CRAWLED;
        }
        Options options;
        try {
            options = Options.parse(args);
        } catch (UsageException e) {
            err.println("crawler: " + e.getMessage() + " (--help explains)");
            return USAGE;
        }
        Integer metricsPort = options.metricsPort();
        return metricsPort == null ? crawl(options) : crawlMeasured(options, metricsPort);
    }

    private int crawlMeasured(Options options, int port) {
        try (MetricsServer metrics = MetricsServer.start(port)) {
            out.println("metrics   " + metrics.address());
            return crawl(options);
        } catch (IOException e) {
            err.println(
                    "crawler: metrics cannot be served on port " + port + ": " + e.getMessage());
            return USAGE;
        }
    }

    private int crawl(Options options) {
        URI start = options.start();
        return start == null ? crawlEmbeddedSite(options) : crawl(options, start);
    }

    private int crawlEmbeddedSite(Options options) {
        try (EmbeddedSite site = EmbeddedSite.start(options.seed(), options.latencyFactor())) {
            return crawl(options, site.home());
        } catch (IOException e) {
            err.println("crawler: the embedded site cannot be served: " + e.getMessage());
            return UNREACHABLE;
        }
    }

    private int crawl(Options options, URI start) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                HttpClient client = HttpClient.newBuilder().executor(threads).build()) {
            Ledger ledger = new Ledger();
            Fetcher fetcher = new Fetcher(client, options, ledger);
            Crawler crawler = new Crawler(options, start, fetcher, ledger, Progress.on(out));
            boolean interrupted = isInterrupted(crawler, options.stall());
            client.shutdownNow(); // nobody waits for what is still on its way
            return conclude(start, crawler.report(), interrupted);
        }
    }

    /// Crawls; returns whether Ctrl-C put an end to it.
    private static boolean isInterrupted(Crawler crawler, @Nullable Duration stall) {
        try {
            Async.run(
                    () -> {
                        if (stall != null) {
                            EventLoop.running().callSoon(new Stall(stall));
                        }
                        crawler.crawl();
                    },
                    LoopConfig.defaults().withName("crawler"));
            return false;
        } catch (KeyboardInterrupt _) {
            return true;
        }
    }

    private int conclude(URI start, Report report, boolean interrupted) {
        Optional<String> unreachable = report.unreachable();
        if (!interrupted && unreachable.isPresent()) {
            err.println("crawler: cannot reach " + start + ": " + unreachable.get());
            return UNREACHABLE;
        }
        if (interrupted) {
            out.println("interrupted; until then:");
        }
        report.print(out);
        return interrupted ? INTERRUPTED : CRAWLED;
    }
}
