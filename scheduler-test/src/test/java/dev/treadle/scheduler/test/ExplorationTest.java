package dev.treadle.scheduler.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.treadle.Async;
import dev.treadle.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Which orders the strategies try, and what they promise.
@NullUnmarked
class ExplorationTest {
    private static final Exploration DEFAULTS = Exploration.defaults();

    /// Starts tasks that each take some steps, and tells in which order they came.
    private static String order(int tasks, int steps) {
        StringBuilder order = new StringBuilder();
        List<Task<?>> all = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
            char name = (char) ('a' + i);
            all.add(
                    Async.createTask(() -> {
                        for (int step = 0; step < steps; step++) {
                            order.append(name);
                            Async.yieldNow().await();
                        }
                    }));
        }
        Async.wait(all).await();
        return order.toString();
    }

    @Test
    void fifoIsTheOrderOfTheLoop() {
        List<String> orders = new ArrayList<>();

        DEFAULTS.withStrategies(Strategy.FIFO).explore(_ -> orders.add(order(3, 2)));

        assertThat(orders).containsOnly("abcabc");
    }

    @Test
    void depthFirstFindsEveryOrderAndSaysSo() {
        Set<String> orders = new HashSet<>();

        Result result =
                DEFAULTS.withStrategies(Strategy.DFS)
                        .withPreemptions(10)
                        .withRuns(1000)
                        .explore(_ -> orders.add(order(3, 1)));

        assertThat(orders).containsExactlyInAnyOrder("abc", "acb", "bac", "bca", "cab", "cba");
        assertThat(result.exhaustive()).isTrue();
    }

    @Test
    void depthFirstStaysWithinItsPreemptions() {
        Set<String> orders = new HashSet<>();

        DEFAULTS.withStrategies(Strategy.DFS)
                .withPreemptions(0)
                .explore(_ -> orders.add(order(3, 2)));

        assertThat(orders).containsExactly("abcabc");
    }

    @Test
    void depthFirstSaysWhenItHasNotSeenAll() {
        Result result = DEFAULTS.withStrategies(Strategy.DFS).withRuns(5).explore(_ -> order(3, 3));

        assertThat(result.runs()).isEqualTo(5);
        assertThat(result.exhaustive()).isFalse();
    }

    @Test
    void aSeedGivesTheSameOrdersAndAnotherSeedGivesOthers() {
        for (Strategy strategy : List.of(Strategy.RANDOM, Strategy.PCT)) {
            assertThat(orders(strategy, 1)).isEqualTo(orders(strategy, 1));
            assertThat(orders(strategy, 1)).isNotEqualTo(orders(strategy, 1000));
        }
    }

    private static List<String> orders(Strategy strategy, long seed) {
        List<String> orders = new ArrayList<>();
        DEFAULTS.withStrategies(strategy)
                .withRuns(10)
                .withSeed(seed)
                .explore(_ -> orders.add(order(4, 5)));
        return orders;
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void callbacksStayInTheOrderInWhichTheyWereQueued(Simulation simulation) {
        StringBuilder order = new StringBuilder();
        Task<?> other = Async.createTask(() -> order.append('-'));
        for (char name = 'a'; name <= 'd'; name++) {
            char each = name;
            simulation.loop().callSoon(() -> order.append(each));
        }
        simulation.idle().await();

        assertThat(order.toString().replace("-", "")).isEqualTo("abcd");
        other.await();
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void whoYieldsLetsAllThatIsReadyGoFirst() {
        List<String> order = new ArrayList<>();
        Task<?> a = Async.createTask(() -> order.add("a"));
        Task<?> b = Async.createTask(() -> order.add("b"));

        Async.yieldNow().await();

        assertThat(order).containsExactlyInAnyOrder("a", "b");
        Async.gather(a, b).await();
    }

    @Test
    void aTestThatDoesNotDoTheSameTwiceIsTold() {
        AtomicInteger runs = new AtomicInteger();

        SimulationFailure failure =
                DEFAULTS.withStrategies(Strategy.RANDOM)
                        .find(_ -> order(1 + runs.getAndIncrement() % 2, 3))
                        .orElseThrow();

        assertThat(failure)
                .hasMessageStartingWith("the test does not do the same when the same is chosen: ");
        assertThat(failure.token()).isNull();
    }

    @Test
    void aTestWhoseStepsComeAtOtherTimesIsTold() {
        AtomicInteger runs = new AtomicInteger();

        SimulationFailure failure =
                DEFAULTS.withStrategies(Strategy.FIFO)
                        .find(_ ->
                                Async.sleep(Duration.ofMillis(1 + runs.getAndIncrement())).await())
                        .orElseThrow();

        assertThat(failure).hasMessageContaining("other steps, or at other times");
    }

    @Test
    void aReplayThatNoLongerFitsSaysWhere() {
        SimulationFailure failure =
                DEFAULTS.withStrategies(Strategy.RANDOM)
                        .find(_ -> assertThat(order(3, 3)).startsWith("a"))
                        .orElseThrow();

        assertThat(DEFAULTS.find(_ -> {})).isEmpty();
        DEFAULTS.replay(failure.token(), _ -> {}); // nothing fails any more
        assertThat(failureOfReplay(failure.token()))
                .hasMessageContaining("the program has changed since: ")
                .hasMessageContaining("when it was recorded there were");
    }

    @Test
    void aReplayThatTakesAnotherTurnSaysAtWhichDecision() {
        SimulationFailure failure =
                DEFAULTS.withStrategies(Strategy.RANDOM)
                        .find(_ -> assertThat(order(3, 3)).startsWith("a"))
                        .orElseThrow();

        assertThatExceptionOfType(SimulationFailure.class)
                .isThrownBy(() ->
                        DEFAULTS.replay(
                                failure.token(), _ -> assertThat(order(2, 3)).startsWith("-")))
                .withMessageMatching(
                        "(?s).*diverged at decision \\d+: expected a decision among 3, have one among 2.*");
    }

    private static Throwable failureOfReplay(String token) {
        try {
            DEFAULTS.replay(
                    token,
                    _ -> {
                        throw new IllegalStateException("another failure");
                    });
            return null;
        } catch (SimulationFailure e) {
            return e;
        }
    }

    @Test
    void whatIsNoTokenIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.replay("seed 7", _ -> {}))
                .withMessageStartingWith("not a replay token: \"seed 7\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.replay("trd1:AQ", _ -> {}))
                .withMessageContaining("is damaged");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.replay("trd1:AQD_____Bw", _ -> {}))
                .withMessageContaining("it has 2147483647 decisions");
    }

    @Test
    void aFailureIsShrunkToTheChoicesItNeeds() {
        SimulationFailure failure =
                DEFAULTS.withStrategies(Strategy.RANDOM)
                        .withSeed(7)
                        .find(_ -> assertThat(order(4, 6)).doesNotContain("ba"))
                        .orElseThrow();

        Token token = Token.parse(failure.token());
        assertThat(token.recorded().deviations()).isBetween(1, 2);
    }

    @Test
    void drawsOfTheTestAreChoicesToo() {
        Set<Integer> seen = new HashSet<>();

        Result result =
                DEFAULTS.withStrategies(Strategy.DFS)
                        .explore(simulation -> seen.add(simulation.choose(5)));

        assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
        assertThat(result.runs()).isEqualTo(5);
    }

    @Test
    void optionsThatMakeNoSenseAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(DEFAULTS::withStrategies)
                .withMessageStartingWith("no strategy");
        assertThatIllegalArgumentException().isThrownBy(() -> DEFAULTS.withRuns(0));
        assertThatIllegalArgumentException().isThrownBy(() -> DEFAULTS.withDepth(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.withStepCost(Duration.ofNanos(-1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULTS.withTimeLimit(Duration.ZERO));
    }

    @Test
    @Tag("realtime")
    void twoHundredSchedulesOfFourTasksTakeLessThanTwoSeconds() {
        Exploration random = DEFAULTS.withStrategies(Strategy.RANDOM).withRuns(200);
        random.explore(_ -> order(4, 50)); // what the JIT compiles first is not measured
        long limit = Duration.ofSeconds(2).toNanos();
        long taken = limit;
        for (int i = 0; i < 5 && taken >= limit; i++) { // the machine may be busy elsewhere
            long start = System.nanoTime();
            Result result = random.explore(_ -> order(4, 50));
            taken = System.nanoTime() - start;
            assertThat(result.steps()).isGreaterThan(200 * 200);
        }
        assertThat(taken).as("nanoseconds, in the best of five").isLessThan(limit);
    }
}
