package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.EventLoop.Problem;
import dev.treadle.LoopConfig;
import dev.treadle.Task;
import dev.treadle.spi.SchedulerProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/// What the rules share: a loop, a log, the problems that were reported, and threads whose end can
/// be waited for.
abstract class Rules {
    /// Long enough for a thread that is ready to get a processor, mostly.
    private static final Duration TIME_TO_MEET = Duration.ofMillis(5);

    private static final long A_MOMENT = 50_000; // ns

    private final SchedulerTck tck;
    private final List<EventLoop> loops = new CopyOnWriteArrayList<>();
    private final List<Problem> problems = new CopyOnWriteArrayList<>();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    final EventLoop loop;

    Rules(SchedulerTck tck) {
        this.tck = tck;
        this.loop = newLoop(LoopConfig.defaults());
    }

    final SchedulerTck tck() {
        return tck;
    }

    final SchedulerProvider provider() {
        return tck.provider();
    }

    final EventLoop newLoop(LoopConfig config) {
        EventLoop made = provider().newLoop(config);
        made.exceptionHandler((_, problem) -> problems.add(problem));
        loops.add(made);
        return made;
    }

    /// Closes what is there; that a loop can be stopped and closed is for the rules to say.
    @AfterEach
    void closeLoops() {
        for (EventLoop made : loops) {
            try {
                made.close();
            } catch (IllegalStateException e) {
                made.stop(); // a rule was broken, and left it running
            }
        }
    }

    // ---- what happened

    final void say(String line) {
        log.add(line);
    }

    final Runnable saying(String line) {
        return () -> log.add(line);
    }

    final List<String> said() {
        return List.copyOf(log);
    }

    final List<Problem> problems() {
        return problems;
    }

    // ---- running

    /// Runs a coroutine on the loop, by a thread that is not this one.
    final <T extends @Nullable Object> T run(Coroutine.Body<T> body) {
        return run(loop, body);
    }

    /// Runs a coroutine on the loop, by a thread that is not this one.
    final void run(Coroutine.Action action) {
        this.<@Nullable Void>run(() -> {
            action.run();
            return null;
        });
    }

    final <T extends @Nullable Object> T run(EventLoop on, Coroutine.Body<T> body) {
        return new Elsewhere<>(() -> on.runUntilComplete(Coroutine.of(body)))
                .join("the coroutine has ended and runUntilComplete returned");
    }

    /// Runs the loop until it is stopped, by a thread that is not this one.
    final void runUntilStopped() {
        inBackground(loop::runForever).join("the loop was stopped and runForever returned");
    }

    /// Has the loop run what is ready, and nothing of what that queues.
    final void runOnce() {
        loop.callSoon(loop::stop);
        runUntilStopped();
    }

    final Elsewhere<@Nullable Void> inBackground(Runnable action) {
        return new Elsewhere<@Nullable Void>(() -> {
            action.run();
            return null;
        });
    }

    /// Gives up control until a task stands at its first await. In a task.
    final void letItSuspend(Task<?> task) {
        long deadline = endOfPatience();
        while (task.stack().isEmpty() && System.nanoTime() < deadline) {
            Async.yieldNow().await();
        }
    }

    /// Waits for something that must happen.
    final void await(CountDownLatch latch, String what) {
        try {
            assertThat(latch.await(tck.patience().toNanos(), TimeUnit.NANOSECONDS))
                    .as("within %s %s", tck.patience(), what)
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("the test was interrupted", e);
        }
    }

    /// {@return until when to wait inside the loop, by `System.nanoTime()`} Half of the patience,
    /// so that the rule can still say what has not happened.
    final long endOfPatience() {
        return System.nanoTime() + tck.patience().toNanos() / 2;
    }

    /// Gives another one time to come inside too, if any can, and the processor.
    static void meetAnother(AtomicInteger inside) {
        long since = System.nanoTime();
        while (inside.get() == 1 && System.nanoTime() - since < TIME_TO_MEET.toNanos()) {
            LockSupport.parkNanos(inside, A_MOMENT);
        }
    }

    /// What an action throws; null if nothing.
    static @Nullable Throwable thrownBy(Coroutine.Action action) {
        try {
            action.run();
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    /// Something that another thread does.
    final class Elsewhere<T extends @Nullable Object> {
        private final FutureTask<T> result;
        private final Thread thread;

        Elsewhere(Callable<T> action) {
            result = new FutureTask<>(action);
            thread = Thread.ofPlatform().daemon().name("tck").start(result);
        }

        Thread thread() {
            return thread;
        }

        /// Waits for its end; throws what it threw.
        T join(String what) {
            try {
                return result.get(tck.patience().toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                return fail("within %s %s: it has not", tck.patience(), what);
            } catch (ExecutionException e) {
                throw Rules.<RuntimeException>rethrown(e.getCause());
            } catch (InterruptedException e) {
                throw new AssertionError("the test was interrupted", e);
            }
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"})
    private static <X extends Throwable> X rethrown(@Nullable Throwable failure) throws X {
        throw (X) failure; // as it was thrown, checked or not: a failure of the test's own body
    }
}
