package dev.treadle.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where meters appear, and when they go.
class BindingTest {
    private static final String SPAWNED = "treadle.task.spawned";

    private final List<EventLoop> loops = new ArrayList<>();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private EventLoop loop(String name) {
        return loop(name, "single");
    }

    private EventLoop loop(String name, String scheduler) {
        EventLoop loop =
                EventLoop.create(LoopConfig.defaults().withName(name).withScheduler(scheduler));
        loops.add(loop);
        return loop;
    }

    @AfterEach
    void close() {
        loops.forEach(EventLoop::close);
    }

    private static Set<String> loopsIn(MeterRegistry registry) {
        return registry.getMeters().stream()
                .map(meter -> meter.getId().getTag("loop"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static double spawned(MeterRegistry registry, String loop) {
        return registry.get(SPAWNED).tag("loop", loop).functionCounter().count();
    }

    @Nested
    class OfOneLoop {

        @ParameterizedTest
        @ValueSource(strings = {"single", "virtual", "pool"})
        void isUndoneByClosingTheBinder(String scheduler) {
            EventLoop loop = loop("orders", scheduler);
            TreadleMetrics metrics = TreadleMetrics.of(loop);
            metrics.bindTo(registry);
            assertThat(loopsIn(registry)).containsExactly("orders");

            metrics.close();
            metrics.close();

            assertThat(registry.getMeters()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"single", "virtual", "pool"})
        void isUndoneByClosingTheLoop(String scheduler) {
            registry.counter("somebody.elses", "loop", "orders");
            PrometheusMeterRegistry another = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            EventLoop loop = loop("orders", scheduler);
            TreadleMetrics metrics = TreadleMetrics.of(loop);
            metrics.bindTo(registry);
            metrics.bindTo(another);
            assertThat(another.scrape()).contains("treadle_task_spawned_total");

            loop.close();

            assertThat(registry.getMeters())
                    .extracting(meter -> meter.getId().getName())
                    .containsExactly("somebody.elses");
            assertThat(another.getMeters()).isEmpty();
            assertThat(another.scrape()).isEmpty();
        }

        @Test
        void isRefusedByABinderThatIsClosed() {
            TreadleMetrics metrics = TreadleMetrics.of(loop("orders"));
            metrics.close();

            assertThatIllegalStateException()
                    .isThrownBy(() -> metrics.bindTo(registry))
                    .withMessageContaining("loop orders are closed");
        }

        @Test
        void thatIsClosedGivesNoMeters() {
            EventLoop loop = loop("orders");
            TreadleMetrics before = TreadleMetrics.of(loop);
            loop.close();

            before.bindTo(registry);
            TreadleMetrics.of(loop).bindTo(registry);

            assertThat(registry.getMeters()).isEmpty();
        }

        @Test
        void startsAtZeroForTheNextOfThatName() {
            EventLoop first = loop("orders");
            TreadleMetrics.of(first).bindTo(registry);
            first.runUntilComplete(Async.sleep(Duration.ZERO));
            first.runUntilComplete(Coroutine.of(() -> "done"));
            assertThat(spawned(registry, "orders")).isPositive();
            first.close();

            TreadleMetrics.of(loop("orders")).bindTo(registry);

            assertThat(spawned(registry, "orders")).isZero();
        }

        @Test
        void lastsUntilTheLastBinderIsClosed() {
            EventLoop loop = loop("orders");
            TreadleMetrics first = TreadleMetrics.of(loop);
            TreadleMetrics second = TreadleMetrics.of(loop);
            first.bindTo(registry);
            second.bindTo(registry);
            int meters = registry.getMeters().size();
            second.bindTo(registry);
            assertThat(registry.getMeters()).hasSize(meters);

            first.close();
            assertThat(registry.getMeters()).hasSize(meters);
            second.close();
            assertThat(registry.getMeters()).isEmpty();
        }

        @Test
        void canBeToSeveralRegistries() {
            SimpleMeterRegistry other = new SimpleMeterRegistry();
            EventLoop loop = loop("orders");
            TreadleMetrics both = TreadleMetrics.of(loop);
            TreadleMetrics one = TreadleMetrics.of(loop);
            both.bindTo(registry);
            both.bindTo(other);
            one.bindTo(other);
            loop.runUntilComplete(Coroutine.of(() -> "done"));
            assertThat(spawned(registry, "orders")).isEqualTo(spawned(other, "orders"));

            both.close();

            assertThat(registry.getMeters()).isEmpty();
            assertThat(spawned(other, "orders")).isEqualTo(1);
        }

        @Test
        void doesNotKeepItFromBeingCollected() throws InterruptedException {
            ObservedLoops observed =
                    new ObservedLoops(
                            System::nanoTime, _ -> Thread.ofVirtual().unstarted(() -> {}));
            WeakReference<EventLoop> reference = dropped(observed);

            while (reference.get() != null) {
                System.gc();
                Thread.onSpinWait();
            }
            observed.watchdog.tick(0, 0);

            assertThat(registry.getMeters()).isEmpty();
            assertThat(observed.watchdog.size()).isZero();
        }

        /// A loop that is bound, has run, is not closed, and that nobody else refers to.
        private WeakReference<EventLoop> dropped(ObservedLoops observed) {
            EventLoop loop = new LooseLoop().loop;
            TreadleMetrics.of(loop, observed).bindTo(registry);
            assertThat(spawned(registry, "loose")).isZero();
            return new WeakReference<>(loop);
        }
    }

    @Nested
    class OfTwoLoopsWithOneName {

        @Test
        void tellsThemApartByANumber() {
            EventLoop first = loop("orders");
            EventLoop second = loop("orders");
            TreadleMetrics.of(first).bindTo(registry);
            TreadleMetrics.of(second).bindTo(registry);
            second.runUntilComplete(Coroutine.of(() -> "done"));

            assertThat(loopsIn(registry)).containsExactly("orders", "orders-2");
            assertThat(spawned(registry, "orders")).isZero();
            assertThat(spawned(registry, "orders-2")).isEqualTo(1);
        }

        @Test
        void removesThoseOfTheOneThatIsClosed() {
            EventLoop first = loop("orders");
            EventLoop second = loop("orders");
            TreadleMetrics.of(first).bindTo(registry);
            TreadleMetrics.of(second).bindTo(registry);

            first.close();
            assertThat(loopsIn(registry)).containsExactly("orders-2");
            TreadleMetrics.of(loop("orders")).bindTo(registry);
            assertThat(loopsIn(registry)).containsExactly("orders", "orders-2");
        }
    }

    @Nested
    class ToARegistryWithFilters {

        @Test
        void leavesOutWhatIsDenied() {
            registry.config().meterFilter(MeterFilter.denyNameStartsWith("treadle.task"));
            EventLoop loop = loop("orders");
            TreadleMetrics.of(loop).bindTo(registry);
            for (int i = 0; i < 100; i++) { // enough for a step that is measured
                loop.runUntilComplete(Coroutine.of(() -> Async.yieldNow().await()));
            }

            assertThat(registry.find("treadle.timer.pending").meters()).hasSize(1);
            assertThat(registry.find(SPAWNED).meters()).isEmpty();
            loop.close();
            assertThat(registry.getMeters()).isEmpty();
        }

        @Test
        void removesWhatWasRenamed() {
            CompositeMeterRegistry composite = new CompositeMeterRegistry();
            registry.config()
                    .meterFilter(MeterFilter.renameTag("treadle.", "loop", "event_loop"))
                    .commonTags("application", "shop");
            composite.add(registry);
            EventLoop loop = loop("orders");
            TreadleMetrics.of(loop).bindTo(composite);
            loop.runUntilComplete(Coroutine.of(() -> "done"));
            assertThat(
                            registry.get(SPAWNED)
                                    .tags("event_loop", "orders", "application", "shop")
                                    .functionCounter()
                                    .count())
                    .isEqualTo(1);

            loop.close();

            assertThat(composite.getMeters()).isEmpty();
            assertThat(registry.getMeters()).isEmpty();
        }

        @Test
        void reachesARegistryThatIsAddedLater() {
            CompositeMeterRegistry composite = new CompositeMeterRegistry();
            EventLoop loop = loop("orders");
            TreadleMetrics.of(loop).bindTo(composite);
            composite.add(registry);
            loop.runUntilComplete(Coroutine.of(() -> "done"));
            assertThat(spawned(registry, "orders")).isEqualTo(1);

            loop.close();

            assertThat(registry.getMeters()).isEmpty();
        }

        @Test
        void measuresNothingWhileNobodyTakesNote() {
            CompositeMeterRegistry composite = new CompositeMeterRegistry();
            try (LoopOnVirtualTime on = new LoopOnVirtualTime("orders")) {
                on.metrics.close();
                TreadleMetrics.of(on.loop, on.loops).bindTo(composite);
                on.runOnLoop(() -> on.passWatched(Duration.ofSeconds(3)));
                var worker = on.loop.statistics().workers().get(0);
                assertThat(worker.busy()).isZero();
                assertThat(worker.callbacks()).as("no probe among them").isEqualTo(3);

                composite.add(registry);
                on.runOnLoop(on::look);
                on.runOnLoop(() -> on.passWatched(Duration.ofSeconds(3)));
                assertThat(on.loop.statistics().workers().get(0).busy()).isPositive();
                assertThat(registry.get("treadle.loop.lag").timer().count()).isPositive();
            }
        }

        @Test
        void leavesAMeterToTheLoopThatHadItFirst() {
            registry.config().meterFilter(MeterFilter.ignoreTags("loop"));
            EventLoop first = loop("first");
            EventLoop second = loop("second");
            TreadleMetrics.of(first).bindTo(registry);
            int meters = registry.getMeters().size();
            TreadleMetrics.of(second).bindTo(registry);

            second.close();
            assertThat(registry.getMeters()).hasSize(meters);
            first.close();
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Nested
    class OfALoopThatOpensWhileAnotherCloses {

        /// Where a filter makes one of their meters, the second finds nobody's as soon as the
        /// first's is removed.
        @Test
        void isUndoneAsWell() {
            registry.config().meterFilter(MeterFilter.ignoreTags("loop"));
            EventLoop first = loop("first");
            EventLoop second = loop("second");
            TreadleMetrics.of(first).bindTo(registry);
            int meters = registry.getMeters().size();
            AtomicBoolean bound = new AtomicBoolean();
            registry.config()
                    .onMeterRemoved(_ -> {
                        if (bound.compareAndSet(false, true)) {
                            TreadleMetrics.of(second).bindTo(registry);
                        }
                    });

            first.close();
            assertThat(bound).isTrue();
            assertThat(registry.getMeters()).hasSizeBetween(1, meters);
            second.close();

            assertThat(registry.getMeters()).isEmpty();
        }

        /// The scraper has read a meter of the first loop, and meets the same one of the second,
        /// which has come meanwhile, in the same pass.
        @Test
        void isNoDuplicateToAScrape() {
            PrometheusMeterRegistry scraped = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            ObservedLoops observed =
                    new ObservedLoops(
                            System::nanoTime, _ -> Thread.ofVirtual().unstarted(() -> {}));
            CountingLoop first = new CountingLoop();
            CountingLoop second = new CountingLoop();
            TreadleMetrics metrics = TreadleMetrics.of(first.loop, observed);
            metrics.bindTo(scraped);
            // A name of the same hash, so that its meters are next to those of the first, and the
            // second's come after them.
            EventLoop next = new LooseLoop("mPose").loop;
            assertThat(next.name()).hasSameHashCodeAs("loose");
            TreadleMetrics.of(next, observed).bindTo(scraped);
            first.onceAsked(() -> {
                first.loop.close();
                observed.closed(first.loop);
                TreadleMetrics.of(second.loop, observed).bindTo(scraped);
            });

            List<String> series =
                    scraped.scrape()
                            .lines()
                            .filter(line -> line.contains("loop=\"loose\""))
                            .map(line -> line.substring(0, line.lastIndexOf(' ')))
                            .toList();

            assertThat(first.loop.isClosed()).isTrue();
            assertThat(series).isNotEmpty().doesNotHaveDuplicates();
            assertThat(scraped.scrape())
                    .contains("treadle_task_spawned_total{loop=\"loose\",scheduler=\"test\"} ");
            observed.closed(second.loop);
            assertThat(loopsIn(scraped)).containsExactly("mPose");
            second.loop.close();
            next.close();
        }
    }

    @Nested
    class TheMeters {

        @ParameterizedTest
        @ValueSource(strings = {"virtual", "pool"})
        void haveTheSameTagsWhateverTheScheduler(String scheduler) {
            TreadleMetrics.of(loop("a", "single")).bindTo(registry);
            SimpleMeterRegistry other = new SimpleMeterRegistry();
            TreadleMetrics.of(loop("b", scheduler)).bindTo(other);

            assertThat(keys(registry)).isEqualTo(keys(other)).hasSize(34);
        }

        @Test
        void haveOneSetOfKeysEach() {
            TreadleMetrics.of(loop("a")).bindTo(registry);

            Map<String, Set<Set<String>>> keys = new TreeMap<>();
            for (Meter meter : registry.getMeters()) {
                keys.computeIfAbsent(meter.getId().getName(), _ -> new HashSet<>())
                        .add(tagKeys(meter));
            }
            assertThat(keys.values()).allSatisfy(sets -> assertThat(sets).hasSize(1));
            assertThat(registry.getMeters())
                    .allSatisfy(meter -> assertThat(tagKeys(meter)).contains("loop", "scheduler"))
                    .filteredOn(meter -> meter.getId().syntheticAssociation() == null)
                    .allSatisfy(meter -> assertThat(meter.getId().getDescription()).isNotBlank());
        }

        private Map<String, Set<String>> keys(MeterRegistry from) {
            Map<String, Set<String>> keys = new TreeMap<>();
            from.getMeters().forEach(meter -> keys.put(meter.getId().getName(), tagKeys(meter)));
            return keys;
        }

        private Set<String> tagKeys(Meter meter) {
            return meter.getId().getTags().stream()
                    .map(Tag::getKey)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Nested
    class WhileItIsScraped {

        @Test
        void comesAndGoesWithoutDisturbingAnybody() throws InterruptedException {
            PrometheusMeterRegistry scraped = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            AtomicBoolean done = new AtomicBoolean();
            List<Throwable> failures = new ArrayList<>();
            Thread scraper =
                    Thread.ofPlatform()
                            .uncaughtExceptionHandler((_, failure) -> failures.add(failure))
                            .start(() -> {
                                while (!done.get()) {
                                    scraped.scrape();
                                }
                            });
            for (int i = 0; i < 50; i++) {
                EventLoop loop = loop("orders " + i);
                TreadleMetrics.of(loop).bindTo(scraped);
                loop.runUntilComplete(Coroutine.of(() -> "done"));
                loop.close();
            }
            done.set(true);
            scraper.join();

            assertThat(failures).isEmpty();
            assertThat(scraped.scrape()).isEmpty();
        }
    }

    @Nested
    class ByOneWhoIsTold {

        @Test
        void timersAreToldOfByEveryRegistry() {
            SimpleMeterRegistry other = new SimpleMeterRegistry();
            try (LoopOnVirtualTime on = new LoopOnVirtualTime("orders")) {
                on.metrics.bindTo(other);
                on.loop.runUntilComplete(
                        Coroutine.of(() -> {
                            for (int i = 0; i < 128; i++) {
                                on.pass(Duration.ofMillis(1));
                                Async.yieldNow().await();
                            }
                        }));
                on.look();

                assertThat(
                                Stream.of(on.registry, other)
                                        .map(from -> from.get("treadle.task.step").timer()))
                        .extracting(Timer::count)
                        .containsOnly(2L);
            }
        }
    }
}
