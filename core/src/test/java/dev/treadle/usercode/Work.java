package dev.treadle.usercode;

import dev.treadle.Async;
import dev.treadle.Awaitable;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.Handle;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskGroup;
import dev.treadle.TaskOptions;
import dev.treadle.graph.CallGraph;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.NullUnmarked;

/// An application's code, to be found in call graphs: as long as tests stand in the packages of
/// Treadle, their own frames count as machinery.
@NullUnmarked
public final class Work {
    private Work() {}

    /// Captures here, two calls deep.
    public static CallGraph capture() {
        return captureDeeper();
    }

    private static CallGraph captureDeeper() {
        return CallGraph.capture();
    }

    /// Creates a task here.
    public static <T> Task<T> create(String name, Coroutine.Body<T> body) {
        return Async.createTask(body, TaskOptions.named(name));
    }

    /// Creates a task in a group here.
    public static <T> Task<T> createIn(TaskGroup group, String name, Coroutine.Body<T> body) {
        return group.createTask(body, TaskOptions.named(name));
    }

    /// Awaits here.
    public static <T> T awaitHere(Awaitable<T> awaitable) {
        return awaitable.await();
    }

    /// Gathers here.
    public static void gatherHere(Collection<? extends Awaitable<Object>> awaitables) {
        Async.gather(awaitables).await();
    }

    /// Waits for several here.
    public static void waitHere(Collection<? extends Task<?>> tasks) {
        Async.wait(tasks).await();
    }

    /// Blocks its thread here, until somebody counts down.
    public static void blockHere(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Makes a coroutine here, and forgets it.
    public static void forget(Coroutine.Body<?> body) {
        Coroutine.of(body);
    }

    /// Calls the facade and forgets to await.
    public static void forgetToAwaitASleep() {
        Async.sleep(Duration.ofMillis(1));
    }

    /// Queues a callback here.
    public static Handle queue(EventLoop loop, Runnable callback) {
        return loop.callSoon(callback);
    }

    /// Makes a promise here.
    public static <T> Promise<T> promise(Supplier<Promise<T>> maker) {
        return maker.get();
    }
}
