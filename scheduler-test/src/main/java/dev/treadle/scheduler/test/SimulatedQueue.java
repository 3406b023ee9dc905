package dev.treadle.scheduler.test;

import dev.treadle.Handle;
import dev.treadle.Task;
import dev.treadle.core.ReadyEntry;
import dev.treadle.core.ReadyQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is ready, in the order in which it became so; who goes next is a [choice][Choices].
///
/// Besides the entries of the loop it holds the threads of the simulation that may go on. Belongs
/// to the holder of the loop's turn.
final class SimulatedQueue implements ReadyQueue {
    private final Choices choices;
    private final Limits limits;
    private final Watch watch;
    private final SimulatedThreads threads;
    private final Runnable passTime;

    private final List<Object> ready = new ArrayList<>(); // ReadyEntry or SimulatedThread
    private final ArrayDeque<Runnable> actions = new ArrayDeque<>(); // before anything else
    private boolean iterationBegun;
    private final IdentityHashMap<Task<?>, Line> lines = new IdentityHashMap<>();
    private final Line callbacks = new Line("callbacks");
    private final List<Integer> free = new ArrayList<>(); // indices in ready of those that may go
    private final Candidates candidates = new Free();

    /// @param passTime called at each step, for what it costs
    SimulatedQueue(
            Choices choices,
            Limits limits,
            Watch watch,
            SimulatedThreads threads,
            Runnable passTime) {
        this.choices = choices;
        this.limits = limits;
        this.watch = watch;
        this.threads = threads;
        this.passTime = passTime;
    }

    @Override
    public void add(ReadyEntry entry) {
        if (entry instanceof Handle handle) {
            watch.queued(handle);
        }
        ready.add(entry);
    }

    /// Takes note that the loop is about to begin an iteration.
    ///
    /// Only then do threads come into the queue, because what they have submitted does so then: a
    /// thread that went on at once could never be overtaken by its own submission.
    void iterationBegins() {
        iterationBegun = true;
    }

    /// Has something run by the loop itself, before its next step.
    void before(Runnable action) {
        actions.add(action);
    }

    @Override
    public int size() {
        return ready.size() + actions.size() + threads.returning();
    }

    @Override
    public @Nullable ReadyEntry poll() {
        while (true) {
            for (Runnable action = actions.poll(); action != null; action = actions.poll()) {
                action.run();
            }
            threads.settle();
            if (iterationBegun) {
                iterationBegun = false;
                threads.drainTo(ready);
            }
            if (ready.isEmpty()) {
                return null;
            }
            switch (take()) {
                case SimulatedThread thread -> {
                    watch.picked(thread.line, null);
                    thread.resume();
                }
                case ReadyEntry entry -> {
                    if (!entry.isInternal()) {
                        watch.picked(lineOf(entry), entry.task());
                    }
                    return entry;
                }
                default -> throw new AssertionError("neither an entry nor a thread is ready");
            }
        }
    }

    private Object take() {
        limits.step();
        passTime.run();
        collect();
        int index = free.get(choices.among(candidates));
        Object taken = ready.remove(index);
        choices.witness(kindOf(taken));
        return taken;
    }

    /// What is the same whenever the same is chosen, if all is chosen here. Not names, which a
    /// program may make up as it likes.
    private static int kindOf(Object taken) {
        if (!(taken instanceof ReadyEntry entry)) {
            return 1;
        }
        return entry.task() == null ? 2 : entry.isYield() ? 3 : 4;
    }

    /// Finds those that may go: the first of each line, and of those that gave up control only the
    /// ones that wait for nobody else.
    private void collect() {
        free.clear();
        boolean callbackSeen = false;
        boolean otherThanYieldSeen = false;
        for (int i = 0; i < ready.size(); i++) {
            boolean yields = false;
            if (ready.get(i) instanceof ReadyEntry entry) {
                if (entry.isInternal()) {
                    free.clear();
                    free.add(i);
                    return;
                }
                yields = entry.isYield();
                if (yields && otherThanYieldSeen) {
                    continue;
                }
                if (entry.task() == null) {
                    if (callbackSeen) {
                        continue; // they run in the order in which they were queued, by whomever
                    }
                    callbackSeen = true;
                }
            }
            otherThanYieldSeen |= !yields;
            free.add(i);
        }
    }

    private Line lineOf(ReadyEntry entry) {
        Task<?> task = entry.task();
        return task == null ? callbacks : lines.computeIfAbsent(task, _ -> new Line(task.name()));
    }

    /// Those that may go.
    private final class Free implements Candidates {
        @Override
        public int size() {
            return free.size();
        }

        @Override
        public Line line(int index) {
            return switch (ready.get(free.get(index))) {
                case SimulatedThread thread -> thread.line;
                case ReadyEntry entry -> lineOf(entry);
                default -> throw new AssertionError("neither an entry nor a thread is ready");
            };
        }

        @Override
        public boolean yields(int index) {
            return ready.get(free.get(index)) instanceof ReadyEntry entry && entry.isYield();
        }
    }
}
