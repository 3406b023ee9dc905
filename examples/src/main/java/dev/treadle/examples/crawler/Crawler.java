package dev.treadle.examples.crawler;

import dev.treadle.EventLoop;
import dev.treadle.TaskGroup;
import dev.treadle.TaskOptions;
import dev.treadle.sync.Queue;
import dev.treadle.sync.QueueShutDown;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// The coroutines: workers that take addresses from a queue, fetch them, and put what they link to
/// back into it.
///
/// On `scheduler-single` they run one at a time, and the bookkeeping would need no lock. It has
/// one, so that the same program is right where they run beside each other.
final class Crawler {
    private final Options options;
    private final Fetcher fetcher;
    private final Ledger ledger;
    private final Frontier frontier;
    private final Progress progress;
    // No bound: those who fill it are those who empty it, so a full queue would stop them all.
    private final Queue<URI> queue = Queue.unbounded();
    private final AtomicInteger busy = new AtomicInteger();
    private long startNanos; // written before there are workers
    private Duration wall = Duration.ZERO; // loop thread only, until the loop has ended
    private String loop = "never started"; // loop thread only, until the loop has ended

    Crawler(Options options, URI start, Fetcher fetcher, Ledger ledger, Progress progress) {
        this.options = options;
        this.fetcher = fetcher;
        this.ledger = ledger;
        this.frontier = new Frontier(start, options.maxPages());
        this.progress = progress;
    }

    /// Crawls the site. The body of the main coroutine.
    void crawl() {
        EventLoop running = EventLoop.running();
        loop = describe(running);
        startNanos = running.time();
        queue.putNow(frontier.start());
        try {
            TaskGroup.run(this::workInParallel).await();
        } finally {
            wall = elapsed();
            progress.end();
        }
    }

    private void workInParallel(TaskGroup workers) {
        for (int i = 1; i <= options.workers(); i++) {
            workers.createTask(this::work, TaskOptions.named("worker-" + i));
        }
        queue.join().await();
        queue.shutdown(); // the workers, all of them waiting now, end
    }

    private void work() {
        try {
            while (true) {
                URI uri = queue.get().await();
                busy.incrementAndGet();
                try {
                    visit(uri);
                } finally {
                    busy.decrementAndGet();
                    queue.taskDone();
                }
            }
        } catch (QueueShutDown _) {
            // nothing is left to do
        }
    }

    private void visit(URI uri) {
        switch (fetcher.fetch(uri)) {
            case Answer.Failed(var reason) -> ledger.broken(uri, reason);
            case Answer.Received answer when answer.isRedirect() -> follow(uri, answer.location());
            case Answer.Received answer when answer.status() >= 400 ->
                    ledger.broken(uri, Integer.toString(answer.status()));
            case Answer.Received answer -> read(uri, answer);
        }
        ledger.visited();
        synchronized (progress) {
            progress.show(ledger.visitedCount(), frontier.admittedCount(), busy.get(), elapsed());
        }
    }

    private void follow(URI uri, String location) {
        try {
            URI target = Links.resolve(uri, location);
            if (target == null) {
                ledger.broken(uri, "redirects to " + location);
                return;
            }
            if (frontier.admitRedirect(uri, target)) {
                queue.putNow(target);
            }
            if (frontier.isInRedirectLoop(uri)) {
                ledger.broken(uri, "redirect loop");
            }
        } catch (URISyntaxException e) {
            ledger.broken(uri, "redirects to a bad URL: " + location + " (" + e.getReason() + ")");
        }
    }

    private void read(URI uri, Answer.Received answer) {
        ledger.page();
        if (!answer.isHtml()) {
            return;
        }
        Links links = Links.of(answer.body(), answer.contentType(), uri);
        links.problems().forEach(problem -> ledger.problem(uri, problem));
        for (URI target : links.targets()) {
            if (frontier.admit(target, uri)) {
                queue.putNow(target);
            }
        }
    }

    private static String describe(EventLoop loop) {
        return "%s, scheduler %s, carriers %s"
                .formatted(loop.name(), loop.scheduler(), loop.carriers());
    }

    private Duration elapsed() {
        return Duration.ofNanos(EventLoop.running().time() - startNanos);
    }

    /// What came of it; to be asked when the loop has ended, in whatever way.
    Report report() {
        return new Report(frontier, ledger, wall, loop);
    }
}
