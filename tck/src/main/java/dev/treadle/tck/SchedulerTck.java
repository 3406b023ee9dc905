package dev.treadle.tck;

import dev.treadle.spi.SchedulerProvider;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;

/// Verifies a scheduler, rule by rule.
///
/// ```java
/// class MySchedulerTest extends SchedulerTck {
///     @Override
///     protected SchedulerProvider provider() {
///         return new MySchedulerProvider();
///     }
/// }
/// ```
///
/// A failure says which rule of `docs/contract.md` is broken. Schedulers may differ in what the
/// other methods tell; rules that depend on it are skipped where they do not apply.
///
/// Each rule gets a new instance and a new loop, which runs on a thread of its own.
@ExtendWith(RuleReport.class)
public abstract class SchedulerTck {

    /// For subclasses, of which JUnit makes instances.
    protected SchedulerTck() {}

    /// {@return the scheduler to verify}
    protected abstract SchedulerProvider provider();

    /// {@return whether a loop does one thing at a time, so that what a task does between two
    /// awaits is atomic} If not, it is [parallel][dev.treadle.EventLoop#isParallel()]. True unless
    /// overridden.
    protected boolean confined() {
        return true;
    }

    /// {@return how many tasks of a loop run at the same moment, at least, if there are as many
    /// processors} 1 unless overridden.
    protected int parallelism() {
        return 1;
    }

    /// {@return how long to wait for what must happen, before a rule counts as broken} Ten seconds
    /// unless overridden.
    protected Duration patience() {
        return Duration.ofSeconds(10);
    }

    /// The life of a loop: L1 running, L2 closing.
    @Nested
    class Life extends LifeRules {
        Life() {
            super(SchedulerTck.this);
        }
    }

    /// Callbacks: C1.
    @Nested
    class Callbacks extends CallbackRules {
        Callbacks() {
            super(SchedulerTck.this);
        }
    }

    /// Timers: T1.
    @Nested
    class Timers extends TimerRules {
        Timers() {
            super(SchedulerTck.this);
        }
    }

    /// Futures and promises: F1.
    @Nested
    class Futures extends FutureRules {
        Futures() {
            super(SchedulerTck.this);
        }
    }

    /// Tasks: K1.
    @Nested
    class Tasks extends TaskRules {
        Tasks() {
            super(SchedulerTck.this);
        }
    }

    /// Cancelling tasks: K2.
    @Nested
    class Cancelling extends CancelRules {
        Cancelling() {
            super(SchedulerTck.this);
        }
    }

    /// Contexts: X1.
    @Nested
    class Contexts extends ContextRules {
        Contexts() {
            super(SchedulerTck.this);
        }
    }

    /// Blocking work: O1.
    @Nested
    class Offloading extends OffloadRules {
        Offloading() {
            super(SchedulerTck.this);
        }
    }

    /// Statistics: S1, and listeners: S2.
    @Nested
    class Statistics extends StatisticsRules {
        Statistics() {
            super(SchedulerTck.this);
        }
    }

    /// Problems: E1.
    @Nested
    class Problems extends ProblemRules {
        Problems() {
            super(SchedulerTck.this);
        }
    }
}
