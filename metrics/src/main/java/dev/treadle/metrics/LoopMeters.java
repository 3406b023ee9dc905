package dev.treadle.metrics;

import dev.treadle.LoopStatistics;
import dev.treadle.LoopStatistics.Worker;
import dev.treadle.metrics.LoopSnapshot.Watched;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/// The meters of one loop in one registry.
///
/// Everything that is counted is read from a snapshot of the loop when somebody asks for it; timers
/// alone are told of events.
final class LoopMeters {
    private static final Duration[] LAG_BUCKETS =
            List.of(
                            50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000,
                            250_000, 500_000, 1_000_000, 5_000_000)
                    .stream()
                    .map(micros -> Duration.ofNanos(micros * 1_000L))
                    .toArray(Duration[]::new);

    private final ObservedLoop observed;
    private final MeterRegistry registry;
    private final Claims claims;
    private final Scrapes scrapes;
    private final Tags tags;
    private final List<Meter.Id> ids = new ArrayList<>(); // what is to be removed
    private final LoopTimers timers;

    /// Registers the meters.
    LoopMeters(ObservedLoop observed, MeterRegistry registry, Claims claims) {
        this.observed = observed;
        this.registry = registry;
        this.claims = claims;
        this.scrapes = observed.newScrapes();
        this.tags = Tags.of("loop", observed.label, "scheduler", observed.scheduler);
        observed.shares.forEach(this::addWorker);
        addLoop();
        addTasks();
        addTimersAndOffload();
        this.timers = addRecorded();
    }

    LoopTimers timers() {
        return timers;
    }

    /// Removes what this has registered and nothing else.
    void remove() {
        for (Meter.Id id : ids) {
            claims.release(registry, id);
        }
        ids.clear();
    }

    private void addWorker(Share share) {
        Tags worker = tags.and("worker", share.label());
        add(
                TimeGauge.builder(
                                        "treadle.loop.blocked",
                                        observed,
                                        TimeUnit.NANOSECONDS,
                                        number(snapshot -> snapshot.blockedNanos(share)))
                                .description(
                                        "How long the callback or step that runs has been seen running; 0 if none does")
                                .tags(worker)
                        ::register);
        String stalls =
                "Callbacks and steps that held up their worker for too long, by what was to blame";
        count(
                "treadle.loop.stalls",
                stalls,
                worker.and("cause", "code"),
                snapshot -> snapshot.sum(share, Watched::stallsOfCode));
        count(
                "treadle.loop.stalls",
                stalls,
                worker.and("cause", "jvm"),
                snapshot -> snapshot.sum(share, Watched::stallsOfJvm));
        timer(
                "treadle.loop.iteration",
                "Passes over what was ready, and the time that they took",
                worker,
                each(share, Worker::iterations),
                each(share, part -> part.busy().toNanos()));
        timer(
                "treadle.loop.park",
                "Waits for something to do, and the time that they took",
                worker,
                each(share, part -> part.wakeups().total()),
                each(share, part -> part.idle().toNanos()));
        gauge(
                "treadle.loop.utilization",
                "Share of the last whole second in which the worker was busy, from 0 to 1",
                worker,
                snapshot -> snapshot.mean(share, Watched::utilization));
        gauge(
                "treadle.loop.utilization.max",
                "Highest share of a second in which the worker was busy, of the last minute",
                worker,
                snapshot -> snapshot.mean(share, Watched::utilizationMax));
        addQueues(share, worker);
        counter(
                "treadle.task.steps",
                "Steps of tasks, from a resumption to the next suspension",
                worker,
                each(share, Worker::steps));
        counter(
                "treadle.carrier.steals",
                "Tasks taken over from another worker",
                worker,
                each(share, Worker::steals));
    }

    private void addQueues(Share share, Tags worker) {
        Tags local = worker.and("queue", "local");
        Tags inject = worker.and("queue", "inject");
        String depth = "Callbacks and steps that are ready and have not begun";
        gauge("treadle.loop.queue.depth", depth, local, now(share, part -> part.queued().local()));
        gauge(
                "treadle.loop.queue.depth",
                depth,
                inject,
                now(share, part -> part.queued().injected()));
        String most = "Most callbacks and steps that were ready at once, of the last minute";
        gauge(
                "treadle.loop.queue.depth.max",
                most,
                local,
                snapshot -> snapshot.sum(share, Watched::localDepthMax));
        gauge(
                "treadle.loop.queue.depth.max",
                most,
                inject,
                snapshot -> snapshot.sum(share, Watched::injectedDepthMax));
        String submissions = "Callbacks and steps queued, by the loop itself or by other threads";
        counter(
                "treadle.loop.submissions",
                submissions,
                worker.and("source", "local"),
                each(share, part -> part.submitted().local()));
        counter(
                "treadle.loop.submissions",
                submissions,
                worker.and("source", "remote"),
                each(share, part -> part.submitted().remote()));
        String wakeups = "Waits that ended, by whether there was something to do";
        counter(
                "treadle.loop.wakeups",
                wakeups,
                worker.and("kind", "useful"),
                each(share, part -> part.wakeups().useful()));
        counter(
                "treadle.loop.wakeups",
                wakeups,
                worker.and("kind", "empty"),
                each(share, part -> part.wakeups().empty()));
    }

    private void addLoop() {
        String rejected = "Callbacks, tasks and blocking work that were refused";
        counter(
                "treadle.loop.rejected",
                rejected,
                tags.and("reason", "closed"),
                loop -> loop.rejected().closed());
        counter(
                "treadle.loop.rejected",
                rejected,
                tags.and("reason", "full"),
                loop -> loop.rejected().full());
        counter(
                "treadle.loop.errors",
                "Failures of Treadle itself; anything but 0 is a bug",
                tags,
                LoopStatistics::internalErrors);
        gauge(
                "treadle.loop.running",
                "1 while the loop runs, else 0",
                tags,
                snapshot -> snapshot.statistics().running() ? 1 : 0);
        count(
                "treadle.metrics.dropped",
                "Samples and lines of the log left out to spare the loop",
                tags,
                LoopSnapshot::dropped);
        gauge(
                "treadle.info",
                "Versions, always 1",
                tags.and("version", version(), "java", Runtime.version().toString()),
                _ -> 1);
    }

    private void addTasks() {
        counter("treadle.task.spawned", "Tasks made", tags, loop -> loop.tasks().spawned());
        String finished = "Tasks that have ended";
        counter(
                "treadle.task.finished",
                finished,
                tags.and("outcome", "success"),
                loop -> loop.tasks().succeeded());
        counter(
                "treadle.task.finished",
                finished,
                tags.and("outcome", "failure"),
                loop -> loop.tasks().failed());
        counter(
                "treadle.task.finished",
                finished,
                tags.and("outcome", "cancelled"),
                loop -> loop.tasks().cancelled());
        gauge(
                "treadle.task.live",
                "Tasks that have not ended",
                tags,
                snapshot -> snapshot.statistics().tasks().live());
        String yields = "Times that a task gave up control, of its own accord or because it had to";
        counter(
                "treadle.task.yields",
                yields,
                tags.and("kind", "voluntary"),
                loop -> loop.tasks().yields());
        counter(
                "treadle.task.yields",
                yields,
                tags.and("kind", "budget"),
                loop -> loop.tasks().forcedYields());
        counter(
                "treadle.task.unhandled",
                "Failures that went to the exception handler, because nobody else wanted them",
                tags,
                LoopStatistics::unhandled);
    }

    private void addTimersAndOffload() {
        gauge(
                "treadle.timer.pending",
                "Timers that are armed",
                tags,
                snapshot -> snapshot.statistics().timers().pending());
        counter(
                "treadle.timer.fired",
                "Timers that have fired",
                tags,
                loop -> loop.timers().fired());
        counter(
                "treadle.timer.cancelled",
                "Timers that were cancelled before they fired",
                tags,
                loop -> loop.timers().cancelled());
        Tags pool = pool();
        gauge(
                "treadle.offload.active",
                "Blocking work under way",
                pool,
                snapshot -> snapshot.statistics().offload().active());
        gauge(
                "treadle.offload.queued",
                "Blocking work that waits for a thread",
                pool,
                snapshot -> snapshot.statistics().offload().queued());
        gauge(
                "treadle.offload.limit",
                "Blocking work that can be under way at once",
                pool,
                snapshot -> snapshot.statistics().offload().limit());
    }

    /// A probe goes through the queue of callbacks, which is the first worker's.
    private LoopTimers addRecorded() {
        return new LoopTimers(
                add(
                        Timer.builder("treadle.loop.lag")
                                        .description(
                                                "How long a callback waits for its turn, by a probe")
                                        .tags(
                                                tags.and(
                                                        "worker",
                                                        observed.shares.getFirst().label()))
                                        .serviceLevelObjectives(LAG_BUCKETS)
                                ::register),
                recorded("treadle.task.step", "Time that a step of a task takes; a sample", tags),
                recorded(
                        "treadle.task.queue.time",
                        "Time from the moment that a task is ready to its step; a sample",
                        tags),
                recorded(
                        "treadle.timer.lateness",
                        "Time from the moment that a timer is due to its callback; a sample",
                        tags),
                recorded("treadle.offload.time", "Time that blocking work takes", pool()));
    }

    private Tags pool() {
        return tags.and("pool", "default");
    }

    private static String version() {
        return Objects.requireNonNullElse(
                LoopMeters.class.getPackage().getImplementationVersion(), "unknown");
    }

    // ---- how each kind is registered

    private <M extends Meter> M add(Function<MeterRegistry, M> register) {
        return claims.claim(registry, register, ids);
    }

    private Timer recorded(String name, String description, Tags all) {
        return add(Timer.builder(name).description(description).tags(all)::register);
    }

    private void gauge(
            String name, String description, Tags all, ToDoubleFunction<LoopSnapshot> value) {
        add(
                Gauge.builder(name, observed, number(value)).description(description).tags(all)
                        ::register);
    }

    private void counter(
            String name, String description, Tags all, ToLongFunction<LoopStatistics> count) {
        count(name, description, all, snapshot -> count.applyAsLong(snapshot.statistics()));
    }

    private void count(
            String name, String description, Tags all, ToDoubleFunction<LoopSnapshot> count) {
        add(
                FunctionCounter.builder(name, observed, orNone(number(count)))
                                .description(description)
                                .tags(all)
                        ::register);
    }

    private void timer(
            String name,
            String description,
            Tags all,
            ToLongFunction<LoopStatistics> count,
            ToLongFunction<LoopStatistics> nanos) {
        ToDoubleFunction<ObservedLoop> times =
                orNone(number(snapshot -> count.applyAsLong(snapshot.statistics())));
        ToDoubleFunction<ObservedLoop> total =
                orNone(number(snapshot -> nanos.applyAsLong(snapshot.statistics())));
        add(
                FunctionTimer.builder(
                                        name,
                                        observed,
                                        loop -> (long) times.applyAsDouble(loop),
                                        total,
                                        TimeUnit.NANOSECONDS)
                                .description(description)
                                .tags(all)
                        ::register);
    }

    /// What reads a number: NaN if the loop has been collected. It must not refer to the loop.
    private ToDoubleFunction<ObservedLoop> number(ToDoubleFunction<LoopSnapshot> part) {
        Scrapes shared = scrapes;
        int reader = shared.newReader();
        return loop -> {
            LoopSnapshot snapshot = shared.read(reader, loop);
            return snapshot == null ? Double.NaN : part.applyAsDouble(snapshot);
        };
    }

    /// What reads a count: 0 if the loop has been collected.
    private static ToDoubleFunction<ObservedLoop> orNone(ToDoubleFunction<ObservedLoop> number) {
        return loop -> {
            double count = number.applyAsDouble(loop);
            return Double.isNaN(count) ? 0 : count;
        };
    }

    private static ToLongFunction<LoopStatistics> each(Share share, ToLongFunction<Worker> part) {
        return statistics -> share.sum(statistics, part);
    }

    private static ToDoubleFunction<LoopSnapshot> now(Share share, ToLongFunction<Worker> part) {
        return snapshot -> share.sum(snapshot.statistics(), part);
    }
}
