package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.Awaitable;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop.Problem;
import dev.treadle.Promise;
import dev.treadle.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/// What the tests of the task layer share: a loop on virtual time, a log, and the problems that
/// were reported.
///
/// A problem that a test does not take ([#takeProblems()]) fails it.
///
/// Tests and classes that are tagged `confined` count on what the contract promises for confined
/// loops alone: that nothing else runs between two awaits, or that tasks run in an order. All
/// others hold on parallel loops as well, and the build shows it.
@NullUnmarked
abstract class OnVirtualLoop {
    final VirtualTime time = new VirtualTime();
    final CoreEventLoop loop = TestLoops.virtual(time);
    final List<String> log = Collections.synchronizedList(new ArrayList<>()); // any thread
    private final List<Problem> problems = new CopyOnWriteArrayList<>();

    OnVirtualLoop() {
        loop.exceptionHandler((_, problem) -> problems.add(problem));
    }

    @AfterEach
    void nothingWentWrongUnnoticed() {
        try {
            assertThat(problems).isEmpty();
        } finally {
            loop.close();
        }
    }

    /// The problems that were reported so far, which are then forgotten.
    List<Problem> takeProblems() {
        List<Problem> taken = List.copyOf(problems);
        problems.clear();
        return taken;
    }

    <T extends @Nullable Object> T run(Coroutine.Body<T> body) {
        return loop.runUntilComplete(Coroutine.of(body));
    }

    void run(Coroutine.Action action) {
        loop.runUntilComplete(Coroutine.of(action));
    }

    /// Makes a task from outside the loop.
    Task<?> spawn(Coroutine.Action action) {
        return loop.createTask(Coroutine.of(action));
    }

    /// Runs what is ready, and nothing of what that queues.
    void runOneIteration() {
        loop.stop();
        loop.runForever();
    }

    void say(String line) {
        log.add(line);
    }

    Runnable saying(String line) {
        return () -> log.add(line);
    }

    static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    static void sleep(long millis) {
        Async.sleep(ms(millis)).await();
    }

    static void yieldNow() {
        Async.yieldNow().await();
    }

    /// Gives up control several times.
    static void yieldTimes(int times) {
        for (int i = 0; i < times; i++) {
            yieldNow();
        }
    }

    /// Lets all others go on until each of them waits: time moves only then. What [#yieldNow()]
    /// does for tasks that are about to await, on loops of all kinds.
    static void settle() {
        sleep(1);
    }

    /// The task that runs the calling code.
    static Task<?> self() {
        return Objects.requireNonNull(Async.currentTask());
    }

    /// What awaiting throws, for assertions about the very instance.
    static Throwable failureOf(Awaitable<?> awaitable) {
        return thrownBy(awaitable::await);
    }

    /// What an action throws, for assertions about the very instance.
    static Throwable thrownBy(Coroutine.Action action) {
        try {
            action.run();
        } catch (Throwable e) {
            return e;
        }
        throw new AssertionError("nothing was thrown");
    }

    /// A promise that nobody completes.
    <T> Promise<T> never() {
        return loop.createPromise();
    }

    /// Counts the iterations of the loop, from the next one on.
    Iterations iterations() {
        return new Iterations();
    }

    /// A callback that queues itself again and again, and so counts iterations.
    final class Iterations implements AutoCloseable {
        private int count;
        private boolean closed;

        private Iterations() {
            loop.callSoon(this::tick);
        }

        private void tick() {
            if (!closed) {
                count++;
                loop.callSoon(this::tick);
            }
        }

        int count() {
            return count;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /// Runs something on a foreign thread, which the loop may have to wait for, and tells what came
    /// of it.
    <T> Foreign<T> onForeignThread(java.util.concurrent.Callable<T> action) {
        return new Foreign<>(action);
    }

    /// What a foreign thread does.
    final class Foreign<T> {
        private final FutureTask<T> result;
        private final Thread thread;

        private Foreign(java.util.concurrent.Callable<T> action) {
            VirtualTime.Expectation expectation = time.expectForeign();
            result =
                    new FutureTask<>(action) {
                        @Override
                        protected void done() {
                            expectation.close(); // now that who joins has been woken
                        }
                    };
            thread = Thread.ofPlatform().daemon().name("foreign").start(result);
        }

        Thread thread() {
            return thread;
        }

        /// Blocks until the thread has ended; throws what it threw.
        T join() {
            try {
                return result.get();
            } catch (ExecutionException e) {
                throw new AssertionError("the foreign thread failed", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }
}
