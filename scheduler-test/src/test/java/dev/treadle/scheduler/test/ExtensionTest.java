package dev.treadle.scheduler.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.treadle.Async;
import dev.treadle.EventLoop;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// What JUnit makes of a [TreadleTest].
@NullUnmarked
class ExtensionTest {

    /// The tests of a class as JUnit has run them: what they reported, and how they failed.
    private static final class Executed implements TestExecutionListener {
        final List<String> names = new ArrayList<>();
        final List<String> reported = new ArrayList<>();
        final Map<String, Throwable> failed = new LinkedHashMap<>();

        static Executed of(Class<?> tests) {
            Executed executed = new Executed();
            LauncherFactory.create()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(selectClass(tests))
                                    .build(),
                            executed);
            return executed;
        }

        @Override
        public void executionStarted(TestIdentifier test) {
            if (test.isTest()) {
                names.add(test.getDisplayName());
            }
        }

        @Override
        public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
            reported.add(entry.getKeyValuePairs().get("treadle"));
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            result.getThrowable().ifPresent(e -> failed.put(test.getDisplayName(), e));
        }
    }

    static final class Strategies {
        @TreadleTest(
                strategies = {Strategy.FIFO, Strategy.RANDOM, Strategy.DFS},
                runs = 7,
                faults = {Fault.CANCEL, Fault.CLOCK_JUMP})
        void yields(EventLoop loop, TestInfo info, Simulation simulation) {
            assertThat(loop).isSameAs(simulation.loop());
            assertThat(EventLoop.running()).isSameAs(loop);
            assertThat(info.getTestMethod()).isPresent();
            simulation.subject(() -> Async.yieldNow().await()).await();
        }
    }

    @Test
    void thereIsAnInvocationForEachStrategyAndEachEnumeratedFault() {
        Executed executed = Executed.of(Strategies.class);

        assertThat(executed.failed).isEmpty();
        assertThat(executed.names).containsExactly("FIFO", "RANDOM", "DFS", "CANCEL");
        assertThat(executed.reported.get(0)).matches("FIFO: 1 run, \\d+ steps, exhaustive");
        assertThat(executed.reported.get(1)).matches("RANDOM: 7 runs, \\d+ steps");
        assertThat(executed.reported.get(2)).matches("DFS: 7 runs, \\d+ steps");
        assertThat(executed.reported.get(3)).startsWith("CANCEL: ");
    }

    @Test
    void runsAreMultipliedForANightlyBuild() {
        System.setProperty("treadle.runs.multiplier", "3");
        try {
            assertThat(Executed.of(Strategies.class).reported.get(1))
                    .startsWith("RANDOM: 21 runs, ");
        } finally {
            System.clearProperty("treadle.runs.multiplier");
        }
    }

    static final class Failing {
        @TreadleTest(strategies = Strategy.PCT, seed = 5, depth = 2)
        void fails() {
            boolean[] first = {false};
            var task = Async.createTask(() -> first[0] = true);
            var other = Async.createTask(() -> assertThat(first[0]).isTrue());
            Async.gather(task, other).await();
        }
    }

    @Test
    void aFailureIsThatOfTheTestWithATokenThatRepeatsIt() {
        Executed executed = Executed.of(Failing.class);

        assertThat(executed.failed.get("PCT"))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("treadle replay trd1:")
                .hasMessageContaining("by PCT, seed ")
                .hasStackTraceContaining("ExtensionTest$Failing");
        String token = ((SimulationFailure) executed.failed.get("PCT")).token();
        System.setProperty("treadle.replay", token);
        try {
            Executed replayed = Executed.of(Failing.class);
            assertThat(replayed.names).containsExactly("replay " + token);
            assertThat(replayed.failed.values())
                    .singleElement()
                    .satisfies(e -> assertThat(e).hasMessageContaining("(replayed; "));
        } finally {
            System.clearProperty("treadle.replay");
        }
    }

    static final class Replayed {
        @Replay({"trd1:AQAA", "trd1:AQADAQIB"})
        @TreadleTest(strategies = Strategy.FIFO)
        void passes() {
            Async.yieldNow().await();
        }
    }

    @Test
    void tokensAreReplayedFirstAndThoseThatNoLongerFitAreTold() {
        Executed executed = Executed.of(Replayed.class);

        assertThat(executed.failed).isEmpty();
        assertThat(executed.names)
                .containsExactly("replay trd1:AQAA", "replay trd1:AQADAQIB", "FIFO");
        assertThat(executed.reported.get(0)).isEqualTo("replay trd1:AQAA: passed");
        assertThat(executed.reported.get(1))
                .startsWith("replay trd1:AQADAQIB: passed, but is another run than it was: ");
    }

    @Retention(RetentionPolicy.RUNTIME)
    @TreadleTest(strategies = Strategy.RANDOM, runs = 3)
    @interface Brief {}

    static final class Composed {
        @Brief
        void yields() {
            Async.yieldNow().await();
        }
    }

    @Test
    void theAnnotationMayBeOnAnother() {
        Executed executed = Executed.of(Composed.class);

        assertThat(executed.failed).isEmpty();
        assertThat(executed.reported)
                .singleElement()
                .satisfies(text -> assertThat(text).startsWith("RANDOM: 3 runs, "));
    }

    static final class Slow {
        @TreadleTest(strategies = Strategy.RANDOM, runs = Integer.MAX_VALUE, timeLimitSeconds = 1)
        void goesOn() {
            Async.yieldNow().await();
        }
    }

    @Test
    @Tag("realtime")
    void theTimeLimitHolds() {
        assertThat(Executed.of(Slow.class).failed.get("RANDOM"))
                .hasMessageStartingWith("the time limit of 1 s has passed after ");
    }

    static final class Refused {
        @TreadleTest(strategies = {})
        void noStrategy() {}

        @TreadleTest
        void noSuchParameter(String text) {}
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        Map<String, Throwable> failed = Executed.of(Refused.class).failed;

        assertThat(failed.get("noStrategy()")).hasMessageStartingWith("no strategy: name at least");
        assertThat(failed.get("FIFO")).hasMessageContaining("No ParameterResolver registered");
    }
}
