package dev.treadle.core;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a loop in debug mode looks at between its steps: whether the last one took too long, and
/// whether tasks await each other in a circle.
///
/// All that does not say otherwise is called by the holder of the turn.
final class DebugWatch {
    private final CoreEventLoop loop;
    private final SlowSteps slowSteps;
    private final Queue<SlowSteps> elsewhere = new ConcurrentLinkedQueue<>(); // any thread
    private final Deadlocks deadlocks;

    DebugWatch(CoreEventLoop loop) {
        this.loop = loop;
        this.slowSteps = new SlowSteps(loop, "the loop", "", loop.dispatcher::holderThread);
        this.deadlocks = new Deadlocks(loop);
    }

    /// Takes note of an entry that is about to run; the one before has ended, or its task is
    /// suspended.
    void begins(ReadyEntry entry) {
        ends();
        if (!entry.isInternal()) {
            slowSteps.begins(entry);
        }
    }

    /// Takes note that no entry is running.
    void ends() {
        if (slowSteps.ends() instanceof TaskStep step) {
            deadlocks.stepEnded(step.task);
        }
    }

    /// Called before the loop waits, when nothing is ready.
    void idle() {
        deadlocks.look();
    }

    /// Takes note that a task which runs beside the loop has something to wait for. By that task.
    void suspends(ParallelTask<?> task) {
        if (deadlocks.suspended(task)) {
            lookSoon();
        }
    }

    /// Has the loop look for deadlocks even if it waits. From any thread.
    void lookSoon() {
        loop.enqueue(new Look());
    }

    /// A look at the tasks that have suspended.
    private final class Look extends ReadyEntry {
        @Override
        public boolean isInternal() {
            return true;
        }

        @Override
        void run() {
            deadlocks.look();
        }
    }

    /// Watches steps that run beside those of the loop's own. From any thread.
    ///
    /// @param runs what runs them, and is held up by one that takes long
    /// @param part the same, as a part of the name of a thread
    /// @param thread the thread that runs a step, as another one may see it
    SlowSteps slowSteps(String runs, String part, Supplier<@Nullable Thread> thread) {
        SlowSteps made = new SlowSteps(loop, runs, part, thread);
        elsewhere.add(made);
        return made;
    }

    /// Ends what watches. From any thread.
    void end() {
        slowSteps.end();
        elsewhere.forEach(SlowSteps::end);
    }
}
