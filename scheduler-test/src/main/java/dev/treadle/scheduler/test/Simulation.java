package dev.treadle.scheduler.test;

import dev.treadle.Awaitable;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskOptions;
import dev.treadle.core.VirtualTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One run of a test: its virtual time, its threads, its choices.
///
/// Time stands still while anything is ready, and jumps to the next timer when nothing is: waiting
/// for a year takes no time. A test that wants to see what happens in between pauses it
/// ([#pauseTime()]) and advances it by hand.
///
/// Methods must be called on the loop thread, or, in a test that runs its loop itself, on the
/// thread of the test.
public final class Simulation {
    private final SimulatedRun run;

    Simulation(SimulatedRun run) {
        this.run = run;
    }

    /// {@return the loop of the test: the one that runs its body, or the last one that it made}
    ///
    /// @throws IllegalStateException if the test runs its loop itself and has not made one
    public EventLoop loop() {
        return run.loop();
    }

    // ---- time

    /// {@return the virtual time since the run began}
    public Duration elapsed() {
        return Duration.ofNanos(run.clock().elapsed());
    }

    /// Moves the time, runs all that comes due meanwhile, at its own time, and stops there.
    ///
    /// @param duration how far
    /// @return an awaitable; nothing happens before it is awaited
    public Awaitable<@Nullable Void> advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("time does not go back: " + duration);
        }
        return Coroutine.<@Nullable Void>of(() -> {
            Promise<@Nullable Void> there = run.loop().createPromise();
            run.idling().advance(duration.toNanos(), there);
            return there.await();
        });
    }

    /// Waits until nothing is ready; time does not move before.
    ///
    /// @return an awaitable
    public Awaitable<@Nullable Void> idle() {
        return Coroutine.<@Nullable Void>of(() -> {
            Promise<@Nullable Void> idle = run.loop().createPromise();
            run.idling().whenIdle(idle);
            return idle.await();
        });
    }

    /// Keeps time from moving by itself; from now on only [#advance] moves it.
    public void pauseTime() {
        run.idling().pause(true);
    }

    /// Lets time jump by itself again when nothing is ready.
    public void resumeTime() {
        run.idling().pause(false);
    }

    /// Has time pass at once, as a step does that keeps its thread busy.
    ///
    /// @param duration how much
    public void takeTime(Duration duration) {
        run.clock().pass(duration.toNanos());
    }

    // ---- choices

    /// Chooses a number, from the same source as the order of steps: so a replay chooses it again.
    ///
    /// @param bound how many there are to choose from, at least one
    /// @return a number from zero to `bound - 1`; zero under [Strategy#FIFO]
    public int choose(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("there is nothing to choose from: " + bound);
        }
        return bound == 1 ? 0 : run.choices().draw(bound);
    }

    // ---- threads

    /// Starts a thread that is part of the schedule: it runs while no task does, and whenever it
    /// has queued something for the loop, somebody else may go on first.
    ///
    /// What it throws fails the test.
    ///
    /// @param name the thread's name
    /// @param action what it does
    public void thread(String name, Runnable action) {
        run.threads().start(Objects.requireNonNull(name, "name"), action);
    }

    /// Announces that a thread which is not part of the schedule is going to wake the loop: until
    /// what this returns is closed, an idle loop waits for it in real time, and virtual time stands
    /// still.
    ///
    /// @return what to close when that is no longer so, from any thread
    public ForeignWork expectForeignWork() {
        VirtualTime.Expectation expectation = run.clock().expectForeign();
        return expectation::close;
    }

    /// Work of a thread that is not part of the schedule.
    @FunctionalInterface
    public interface ForeignWork extends AutoCloseable {
        /// Says that the work has been done. May be called from any thread, and again.
        @Override
        void close();
    }

    // ---- what may be left behind

    /// Lets a task outlive the test: it is cancelled when the test has ended.
    ///
    /// @param <T> what it returns
    /// @param task a task that need not end
    /// @return the same
    public <T extends @Nullable Object> Task<T> background(Task<T> task) {
        run.background(task);
        return task;
    }

    /// Allows something to be left behind in this run.
    ///
    /// @param leaks what is no failure of the test
    public void allow(Leak... leaks) {
        run.allow(Set.copyOf(Arrays.asList(leaks)));
    }

    /// Checks something when the loop has been closed.
    ///
    /// @param check what throws if something is wrong
    public void afterwards(Runnable check) {
        run.afterwards(check);
    }

    // ---- faults

    /// Runs the part of the test whose awaits meet the [enumerated faults][Fault], as a task of its
    /// own, and waits for it.
    ///
    /// Ends normally if the subject does, or if what leaves it has come of the fault that was
    /// injected; any other failure is rethrown. A subject that was cancelled and ends normally all
    /// the same has swallowed the cancellation, which fails the test.
    ///
    /// @param action what is to stand the faults
    /// @return an awaitable; it gives whether a fault has happened
    public Awaitable<Boolean> subject(Coroutine.Action action) {
        return Coroutine.of(() -> runSubject(action));
    }

    private boolean runSubject(Coroutine.Action action) throws Exception {
        Coroutine<@Nullable Void> body = Coroutine.of(action);
        Task<@Nullable Void> task = run.loop().createTask(body, TaskOptions.named("subject"));
        Injector injector = run.injector();
        injector.subject(task);
        try {
            task.await();
        } catch (CancelledError e) {
            if (!wasInjected(injector, Fault.CANCEL)) {
                throw e;
            }
            return true;
        } catch (RuntimeException e) {
            if (!injector.hasCaused(e)) {
                throw e;
            }
            return true;
        }
        if (wasInjected(injector, Fault.CANCEL) && task.cancelling() > 0) {
            throw new AssertionError(
                    "the subject has swallowed a cancellation: it ended normally after "
                            + injector.planned());
        }
        return injector.isDone();
    }

    private static boolean wasInjected(Injector injector, Fault fault) {
        Injection planned = injector.planned();
        return injector.isDone() && planned != null && planned.fault() == fault;
    }

    // ---- loops of the test's own

    EventLoop newLoop(LoopConfig config) {
        return run.newLoop(config);
    }
}
