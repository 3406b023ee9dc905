package dev.treadle.scheduler.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test whose body is a coroutine, run on virtual time and in many orders.
///
/// ```java
/// @TreadleTest
/// void transfersLoseNothing() {
///     Bank bank = new Bank();
///     Async.gather(bank.transfer(10), bank.transfer(20)).await();
///     assertThat(bank.total()).isEqualTo(100);
/// }
/// ```
///
/// JUnit reports one invocation for each strategy, which calls the method once for each order it
/// tries: so the method has to make what it uses anew. It may take an [dev.treadle.EventLoop] and a
/// [Simulation] as parameters. Whatever scheduler the application has chosen, its loops are
/// simulated ones here.
///
/// Besides what the body asserts, a run fails that deadlocks, that goes on without end, or that
/// leaves something [behind][Leak]. The failure carries a token that repeats the run; see [Replay].
///
/// The system property `treadle.runs.multiplier` multiplies the runs of all tests, for a nightly
/// build.
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(TreadleExtension.class)
public @interface TreadleTest {

    /// {@return which orders are tried}
    Strategy[] strategies() default {Strategy.FIFO, Strategy.RANDOM, Strategy.PCT};

    /// {@return how many runs each strategy has at most}
    int runs() default 200;

    /// {@return what random strategies start from; each run takes the next number}
    long seed() default 1;

    /// {@return for [Strategy#PCT]: how many orderings a bug may need}
    int depth() default 3;

    /// {@return for [Strategy#DFS]: in how many places a run may differ from FIFO}
    int preemptions() default 2;

    /// {@return how much virtual time a step may take at most, in microseconds, drawn at each step;
    /// zero if steps take none}
    long stepCostMicros() default 0;

    /// {@return how long all runs of a strategy may take, in seconds of real time}
    long timeLimitSeconds() default 60;

    /// {@return what goes wrong around the code under test}
    Fault[] faults() default {};

    /// {@return what may be left behind}
    Leak[] allow() default {};

    /// {@return who runs the body}
    Body body() default Body.TASK;
}
