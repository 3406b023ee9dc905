package dev.treadle.benchmarks.callbacks;

import dev.treadle.EventLoop;
import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.NettyLoop;
import dev.treadle.benchmarks.contestants.TreadleLoop;
import dev.treadle.benchmarks.contestants.VertxContext;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// A callback queued from another thread.
@Row(
        family = Row.Family.CALLBACKS,
        title = "callSoonThreadsafe",
        operation = "callback",
        work =
                "One platform thread, or two, queue 100 000 callbacks altogether as fast as they can,"
                        + " and the loop runs them. On two processors two producers and a loop do not"
                        + " all run at once.",
        behind =
                "A callback has a handle that cancels it, and a context that it runs in, and passes"
                        + " from an inbox into the ready queue, where it keeps its place among the others;"
                        + " Netty has one queue for all.",
        counts = "producers",
        quickSize = 1)
@State(Scope.Benchmark)
public class CallSoonThreadsafe {
    private static final int CALLS = 100_000;

    /// How many threads queue.
    @Param({"1", "2"})
    public int size = 1;

    /// Treadle.
    ///
    /// @param loop the loop
    /// @return the number of callbacks
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long treadle(TreadleLoop loop) {
        return Check.equal(
                CALLS,
                loop.run(() -> {
                    EventLoop running = EventLoop.running();
                    var done = running.<Integer>createPromise();
                    Callbacks.fromThreads(
                            running::callSoonThreadsafe, size, CALLS, () -> done.complete(CALLS));
                    return done.await();
                }));
    }

    /// Netty.
    ///
    /// @param netty the loop
    /// @return the number of callbacks
    /// @throws InterruptedException never
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long netty(NettyLoop netty) throws InterruptedException {
        return Callbacks.fromThreads(netty.loop(), size, CALLS);
    }

    /// Vert.x.
    ///
    /// @param vertx the context
    /// @return the number of callbacks
    /// @throws InterruptedException never
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long vertx(VertxContext vertx) throws InterruptedException {
        return Callbacks.fromThreads(vertx::execute, size, CALLS);
    }

    /// The JDK's executor.
    ///
    /// @param thread the executor
    /// @return the number of callbacks
    /// @throws InterruptedException never
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long jdkExecutor(CallSoon.SingleThread thread) throws InterruptedException {
        return Callbacks.fromThreads(thread.executor(), size, CALLS);
    }

    /// Reactor.
    ///
    /// @param reactor the scheduler
    /// @return the number of callbacks
    /// @throws InterruptedException never
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long reactor(CallSoon.ReactorSingle reactor) throws InterruptedException {
        return Callbacks.fromThreads(reactor.scheduler()::schedule, size, CALLS);
    }
}
