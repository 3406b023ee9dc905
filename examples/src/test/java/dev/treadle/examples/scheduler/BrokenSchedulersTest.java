package dev.treadle.examples.scheduler;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.spi.SchedulerProvider;
import dev.treadle.tck.Requirement;
import dev.treadle.tck.SchedulerTck;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// The ways to get a scheduler wrong, one for each rule: what verifies schedulers finds each of
/// them, names the rule and says what is wrong.
class BrokenSchedulersTest {
    /// So many are verified at once: whoever verifies mostly waits for what a broken loop never
    /// does.
    private static final int AT_ONCE = 4;

    /// A machine that is busy elsewhere can hide a mistake, or look like one: what is not found as
    /// it should be is looked for again, with more patience.
    private static final List<Duration> PATIENCES =
            List.of(Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(20));

    private static final ScopedValue<Mistake> MISTAKE = ScopedValue.newInstance();
    private static final ScopedValue<Duration> PATIENCE = ScopedValue.newInstance();

    private static final Map<Mistake, Future<Map<String, String>>> BROKEN =
            new EnumMap<>(Mistake.class);

    /// A mistake, the rule that it breaks, and a piece of what is said about it.
    enum Mistake {
        L1_1(
                name -> new ExecutorLoop(name.replace("weaver", "mine"), "executor"),
                "name of a loop that was to be named weaver"),
        L1_2(BrokenLoop.NeverRunning::new, "isRunning while a coroutine runs"),
        L1_3(BrokenLoop.WrapsFailures::new, "what runUntilComplete throws"),
        L1_4(
                BrokenLoop.DeafToStop::new,
                "stop() from another thread has ended runForever: it has not"),
        L1_5(BrokenLoop.StopsLate::new, "all that was ready when stop() was called"),
        L1_6(BrokenLoop.ForgetsBetweenRuns::new, "what the second run ran"),
        L1_7(BrokenLoop.ForgetsEarlyStop::new, "the loop was stopped and runForever returned"),
        L1_8(BrokenLoop.RunsInsideOthers::new, "running a loop inside another loop"),
        L1_9(BrokenLoop.SwallowsInterrupts::new, "the caller's interrupt flag after the run"),
        L1_10(BrokenLoop.GivesNullWhenStopped::new, "when the loop is stopped"),
        L1_11(BrokenLoop.ClaimsToBeParallel::new, "isParallel of a loop"),
        L1_12(
                BrokenLoop.RunsForStrangers::new,
                "runUntilComplete throws for a future of another loop"),
        L2_1(BrokenLoop.IgnoresCloseWhileRunning::new, "closing a loop that runs"),
        L2_2(BrokenLoop.SilentWhenClosed::new, "callSoonThreadsafe throws on a closed loop"),
        L2_3(BrokenLoop.RunsAtClose::new, "what close() ran"),
        L2_4(BrokenLoop.AbandonsTasks::new, "what the task saw at its await()"),
        L2_5(BrokenLoop.BeginsWhenClosed::new, "what the body did"),
        L2_6(BrokenLoop.AwaitsWhenClosed::new, "in a body that its loop is ending"),
        C1_1(BrokenLoop.CallsInline::new, "whether callSoon ran its callback itself"),
        C1_2(BrokenLoop.DelaysTheFourth::new, "callbacks in the order in which they ran"),
        C1_3(BrokenLoop.HelpsItself::new, "how many callbacks ran at once"),
        C1_4(BrokenLoop.IgnoresCancel::new, "what ran"),
        C1_5(BrokenLoop.SleepsOn::new, "callSoonThreadsafe has woken an idle loop"),
        C1_6(BrokenLoop.TrustsEverybody::new, "callSoon throws on a foreign thread"),
        C1_7(BrokenLoop.ForgetsTheHandle::new, "reported problems"),
        C1_8(BrokenLoop.CallsInAStaleTask::new, "what was wrong in the callback"),
        C1_9(BrokenLoop.ReportsFatalErrors::new, "what left runForever"),
        C1_10(BrokenLoop.PrefersTasks::new, "callbacks that have not run"),
        C1_11(BrokenLoop.CancelsWithoutWaiting::new, "whether the callback had ended"),
        T1_1(BrokenLoop.FiresEarly::new, "nanoseconds from due to fired"),
        T1_2(BrokenLoop.ReversesEqualTimers::new, "timers in the order in which they fired"),
        T1_3(BrokenLoop.FiresCancelledTimers::new, "what fired"),
        T1_4(BrokenLoop.FiresInline::new, "whether callAt ran its callback itself"),
        T1_6(BrokenLoop.HidesDueTimes::new, "when() of a timer"),
        F1_1(BrokenLoop.CompletesTwice::new, "tryComplete the second time"),
        F1_2(BrokenLoop.LosesForeignCompletions::new, "the coroutine has ended"),
        F1_3(BrokenLoop.CallsBackInline::new, "done-callbacks, none of them inside complete()"),
        F1_4(BrokenLoop.CallsBackInlineWhenDone::new, "not inside addDoneCallback"),
        F1_5(BrokenLoop.KeepsRemovedCallbacks::new, "how many callbacks were removed"),
        F1_6(BrokenLoop.LosesTheMessage::new, "the message of the CancelledError"),
        F1_7(BrokenLoop.FailsWithStopIteration::new, "a StopIteration"),
        F1_8(BrokenLoop.IgnoresCancellers::new, "what the canceller was given"),
        F1_9(BrokenLoop.GetsOnTheLoop::new, "get() of a pending future in a coroutine"),
        F1_10(BrokenLoop.AlwaysSuspends::new, "order of a callback that was queued before"),
        F1_11(BrokenLoop.AwaitsStrangers::new, "the coroutine has ended"),
        F1_13(BrokenLoop.GivesNullInTime::new, "what get(1 ms) of a pending future throws"),
        F1_14(BrokenLoop.LastComesFirst::new, "tasks in the order in which they went on"),
        K1_1(BrokenLoop.BeginsInline::new, "whether the body began before createTask returned"),
        K1_2(BrokenLoop.WrapsForWhoAwaits::new, "what awaiting throws"),
        K1_3(BrokenLoop.HurriesOn::new, "NullPointerException"),
        K1_4(BrokenLoop.BeginsOddOnesLate::new, "tasks in the order in which they began"),
        K1_5(BrokenLoop.RunsAhead::new, "how many tasks ran at once, at most"),
        K1_6(name -> new ExecutorLoop(name, "executor"), "tasks that run at the same moment"),
        K1_7(BrokenLoop.YieldsTheSecondTime::new, "what ran before yieldNow() returned"),
        K1_8(BrokenLoop.ForgetsTheTask::new, "current task after a suspension"),
        K1_9(BrokenLoop.KeepsEndedTasks::new, "unfinished tasks"),
        K1_10(BrokenLoop.NamesAllAlike::new, "another numbered name"),
        K1_11(BrokenLoop.AwaitsItself::new, "the coroutine has ended"),
        K1_12(BrokenLoop.SurvivesFatalErrors::new, "what left runForever"),
        K1_13(BrokenLoop.AsksNoFactory::new, "name of a created task"),
        K2_1(BrokenLoop.BeginsCancelledTasks::new, "what the body did"),
        K2_2(BrokenLoop.CancelsWithoutMessage::new, "the message of the CancelledError"),
        K2_3(BrokenLoop.ForgetsRequests::new, "the coroutine has ended"),
        K2_4(BrokenLoop.CannotUncancel::new, "requests after one was withdrawn"),
        K2_5(BrokenLoop.TakesNoRefusal::new, "CancelledError"),
        K2_6(BrokenLoop.CancelledByAnybody::new, "cancel() on a foreign thread"),
        K2_7(BrokenLoop.ForgivesAtTheEnd::new, "isCancelled"),
        K2_8(BrokenLoop.CancelsTheDone::new, "what cancel() of a done task returned"),
        K2_9(BrokenLoop.ForgetsLateRequests::new, "that was cancelled at the last moment"),
        X1_1(BrokenLoop.SharesContexts::new, "what the task saw"),
        X1_2(BrokenLoop.CapturesNothing::new, "what the callback saw"),
        X1_3(BrokenLoop.CopiesGivenContexts::new, "in the context that was given to the task"),
        X1_4(BrokenLoop.LosesContexts::new, "what is seen after an await inside Context.run"),
        X1_5(BrokenLoop.CallsBackInAnyContext::new, "what the done-callback saw"),
        O1_1(BrokenLoop.LosesFailuresOfWork::new, "failure of the work"),
        O1_2(BrokenLoop.NeverBusy::new, "shutdownOffload while work goes on"),
        S1_1(BrokenLoop.ForgetsItsStatistics::new, "what statistics() of a closed loop throws"),
        S1_2(BrokenLoop.telling(BrokenLoop::noFailedTask), "spawned, succeeded, failed"),
        S1_3(BrokenLoop.telling(BrokenLoop::neverParked), "has told that it is parked"),
        S1_4(BrokenLoop.telling(BrokenLoop::nothingQueued), "queue depth"),
        S1_5(BrokenLoop.telling(BrokenLoop::noTimerCancelled), "timers armed, fired, cancelled"),
        S1_6(BrokenLoop.telling(BrokenLoop::nothingRefused), "how much was refused"),
        S1_7(BrokenLoop.telling(BrokenLoop::noWork), "work under way"),
        S1_8(BrokenLoop.telling(BrokenLoop::nothingUnhandled), "failures that nobody handled"),
        S1_9(BrokenLoop.telling(BrokenLoop::noYield), "how often it gave up control"),
        S2_1(BrokenLoop.TrustsItsListeners::new, "problems that were reported"),
        E1_1(BrokenLoop.KeepsItsHandler::new, "the handler after null was set"),
        E1_2(BrokenLoop.TrustsItsHandler::new, "");

        @SuppressWarnings("ImmutableEnumChecker") // method references and no state
        final Function<String, EventLoop> newLoop;

        final String said;

        Mistake(Function<String, EventLoop> newLoop, String said) {
            this.newLoop = newLoop;
            this.said = said;
        }

        String rule() {
            return name().replace('_', '.');
        }
    }

    @BeforeAll
    static void verifyAll() {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        for (Mistake mistake : Mistake.values()) {
            BROKEN.put(
                    mistake,
                    threads.submit(() ->
                            ScopedValue.where(MISTAKE, mistake)
                                    .call(BrokenSchedulersTest::verify)));
        }
        threads.shutdown(); // which ends when all are verified
    }

    @ParameterizedTest
    @EnumSource
    void eachMistakeBreaksItsRuleAndNoOther(Mistake mistake) throws Exception {
        Map<String, String> broken = requireNonNull(BROKEN.get(mistake)).get();

        assertThat(broken).containsOnlyKeys(mistake.rule());
        assertThat(broken.get(mistake.rule()))
                .startsWith("Rule " + mistake.rule() + " is broken: ")
                .contains(mistake.said);
    }

    @Test
    void thereIsAMistakeForEveryRule() {
        Set<String> rules = new TreeSet<>();
        for (Class<?> group : SchedulerTck.class.getDeclaredClasses()) {
            for (Method test : group.getSuperclass().getDeclaredMethods()) {
                Requirement requirement = test.getAnnotation(Requirement.class);
                if (requirement != null) {
                    rules.add(requirement.value());
                }
            }
        }

        assertThat(Arrays.stream(Mistake.values()).map(Mistake::rule))
                .containsExactlyInAnyOrderElementsOf(rules);
    }

    /// Verifies a broken scheduler; returns the rules that are broken, and what is said of each.
    private static Map<String, String> verify() {
        Map<String, String> broken = Map.of();
        for (Duration patience : PATIENCES) {
            broken =
                    ScopedValue.where(PATIENCE, patience)
                            .call(BrokenSchedulersTest::verifyPatiently);
            if (broken.keySet().equals(Set.of(MISTAKE.get().rule()))) {
                break;
            }
        }
        return broken;
    }

    private static Map<String, String> verifyPatiently() {
        Map<String, String> broken = new TreeMap<>();
        var launcher =
                LauncherFactory.create(
                        LauncherConfig.builder()
                                .enableTestExecutionListenerAutoRegistration(false)
                                .build());
        launcher.execute(
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(selectClass(BrokenSchedulerTck.class))
                        .build(),
                new TestExecutionListener() {
                    @Override
                    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                        if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                            String rule =
                                    test.getSource()
                                            .map(source -> ruleOf((MethodSource) source))
                                            .orElse("none");
                            broken.put(
                                    rule,
                                    result.getThrowable()
                                            .map(Throwable::getMessage)
                                            .orElse("nothing"));
                        }
                    }
                });
        return broken;
    }

    private static String ruleOf(MethodSource test) {
        return test.getJavaMethod().getAnnotation(Requirement.class).value();
    }

    /// What is run for each mistake, and by nobody else.
    @Tag("broken")
    static class BrokenSchedulerTck extends SchedulerTck {
        private static final AtomicInteger LOOPS = new AtomicInteger();

        private final Mistake mistake = MISTAKE.get();
        private final Duration patience = PATIENCE.get();

        @Override
        protected SchedulerProvider provider() {
            return new SchedulerProvider() {
                @Override
                public String name() {
                    return "executor";
                }

                @Override
                public EventLoop newLoop(LoopConfig config) {
                    String given = config.name();
                    return mistake.newLoop.apply(
                            given != null ? given : "broken-" + LOOPS.incrementAndGet());
                }
            };
        }

        @Override
        protected int parallelism() {
            return mistake == Mistake.K1_6 ? 2 : 1;
        }

        @Override
        protected Duration patience() {
            return patience;
        }
    }
}
