package dev.treadle.benchmarks.callbacks;

import dev.treadle.EventLoop;
import dev.treadle.Promise;
import dev.treadle.benchmarks.Check;
import dev.treadle.benchmarks.Row;
import dev.treadle.benchmarks.contestants.NettyLoop;
import dev.treadle.benchmarks.contestants.TreadleLoop;
import dev.treadle.benchmarks.contestants.VertxContext;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// A callback queued from within the loop.
@Row(
        family = Row.Family.CALLBACKS,
        title = "callSoon",
        operation = "callback",
        work =
                "Queues 100 000 callbacks from within the loop, a thousand at a time, and runs them."
                        + " Treadle gives a handle to cancel each, as Reactor does; Netty, Vert.x and"
                        + " the JDK's executor do not.",
        behind =
                "A callback has a handle that cancels it, and a context that it runs in; Netty, Vert.x and the"
                        + " JDK's executor queue it as it is.")
public class CallSoon {
    private static final int CALLS = 100_000;
    private static final int BATCH = 1000;

    /// An executor of the JDK of one thread.
    @State(Scope.Benchmark)
    public static class SingleThread {
        private final ExecutorService executor = Executors.newSingleThreadExecutor();

        ExecutorService executor() {
            return executor;
        }

        /// Ends the thread.
        @TearDown
        public void close() {
            executor.shutdownNow();
        }
    }

    /// A scheduler of Reactor of one thread.
    @State(Scope.Benchmark)
    public static class ReactorSingle {
        private final Scheduler scheduler = Schedulers.newSingle("reactor");

        Scheduler scheduler() {
            return scheduler;
        }

        /// Ends the thread.
        @TearDown
        public void close() {
            scheduler.dispose();
        }
    }

    /// Treadle.
    ///
    /// @param loop the loop
    /// @return the number of callbacks
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long treadle(TreadleLoop loop) {
        return checked(
                loop.run(() -> {
                    EventLoop running = EventLoop.running();
                    var done = running.<Long>createPromise();
                    new Feeding(running, done).run();
                    return done.await();
                }));
    }

    /// The same as [Callbacks#fromWithin], where nobody may wait by a latch.
    private static final class Feeding implements Runnable {
        private final EventLoop loop;
        private final Promise<Long> done;
        private long left = CALLS;
        private long run;

        Feeding(EventLoop loop, Promise<Long> done) {
            this.loop = loop;
            this.done = done;
        }

        @Override
        public void run() {
            if (left == 0) {
                done.complete(run);
                return;
            }
            for (int i = 0; i < BATCH; i++) {
                loop.callSoon(() -> run++);
            }
            left -= BATCH;
            loop.callSoon(this);
        }
    }

    /// Netty.
    ///
    /// @param netty the loop
    /// @return the number of callbacks
    /// @throws InterruptedException never
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long netty(NettyLoop netty) throws InterruptedException {
        return checked(Callbacks.fromWithin(netty.loop(), CALLS, BATCH));
    }

    /// Vert.x.
    ///
    /// @param vertx the context
    /// @return the number of callbacks
    /// @throws InterruptedException never
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long vertx(VertxContext vertx) throws InterruptedException {
        return checked(Callbacks.fromWithin(vertx::execute, CALLS, BATCH));
    }

    /// The JDK's executor.
    ///
    /// @param thread the executor
    /// @return the number of callbacks
    /// @throws InterruptedException never
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long jdkExecutor(SingleThread thread) throws InterruptedException {
        return checked(Callbacks.fromWithin(thread.executor, CALLS, BATCH));
    }

    /// Reactor.
    ///
    /// @param reactor the scheduler
    /// @return the number of callbacks
    /// @throws InterruptedException never
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public long reactor(ReactorSingle reactor) throws InterruptedException {
        return checked(Callbacks.fromWithin(reactor.scheduler::schedule, CALLS, BATCH));
    }

    private static long checked(long calls) {
        return Check.equal(CALLS, calls);
    }
}
