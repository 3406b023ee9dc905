package dev.treadle.benchmarks;

import dev.treadle.benchmarks.callbacks.CallSoon;
import dev.treadle.benchmarks.callbacks.CallSoonThreadsafe;
import dev.treadle.benchmarks.footprint.MemoryOfGenerator;
import dev.treadle.benchmarks.footprint.MemoryOfTask;
import dev.treadle.benchmarks.footprint.MemoryOfTimer;
import dev.treadle.benchmarks.footprint.StartUp;
import dev.treadle.benchmarks.generators.DelegationChain;
import dev.treadle.benchmarks.generators.NextOne;
import dev.treadle.benchmarks.generators.NextThree;
import dev.treadle.benchmarks.generators.Push;
import dev.treadle.benchmarks.generators.Send;
import dev.treadle.benchmarks.generators.TreeWalk;
import dev.treadle.benchmarks.sync.LockHandOver;
import dev.treadle.benchmarks.sync.QueueTransfer;
import dev.treadle.benchmarks.tasks.CancelSleeping;
import dev.treadle.benchmarks.tasks.ComputeTwo;
import dev.treadle.benchmarks.tasks.Gather;
import dev.treadle.benchmarks.tasks.Group;
import dev.treadle.benchmarks.tasks.SpawnAwait;
import dev.treadle.benchmarks.tasks.SpawnFinish;
import dev.treadle.benchmarks.tasks.Switch;
import dev.treadle.benchmarks.tasks.TimeoutReady;
import dev.treadle.benchmarks.timers.ArmAndCancel;
import dev.treadle.benchmarks.timers.Fire;
import java.util.List;

/// The rows, in the order of the page.
public final class Rows {
    /// Those that JMH measures.
    public static final List<Class<?>> TIMED =
            List.of(
                    NextOne.class,
                    NextThree.class,
                    Send.class,
                    TreeWalk.class,
                    DelegationChain.class,
                    Push.class,
                    Switch.class,
                    SpawnFinish.class,
                    SpawnAwait.class,
                    Gather.class,
                    Group.class,
                    TimeoutReady.class,
                    CancelSleeping.class,
                    ComputeTwo.class,
                    CallSoon.class,
                    CallSoonThreadsafe.class,
                    QueueTransfer.class,
                    LockHandOver.class,
                    ArmAndCancel.class,
                    Fire.class);

    /// Those that take a JVM of their own for each contestant.
    public static final List<Class<?>> FOOTPRINTS =
            List.of(
                    MemoryOfTask.class,
                    MemoryOfGenerator.class,
                    MemoryOfTimer.class,
                    StartUp.class);

    private Rows() {}

    /// Finds what a row tells about itself.
    ///
    /// @param type the class
    /// @return its annotation
    /// @throws IllegalArgumentException if it has none
    public static Row of(Class<?> type) {
        Row row = type.getAnnotation(Row.class);
        if (row == null) {
            throw new IllegalArgumentException(type.getName() + " is not annotated with @Row");
        }
        return row;
    }
}
