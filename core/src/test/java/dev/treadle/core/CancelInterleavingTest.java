package dev.treadle.core;

import dev.treadle.CancelledError;
import dev.treadle.Context;
import dev.treadle.Coroutine;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.Lincheck;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests for cancellation that meet a task of a parallel loop on its way from one await to the
/// next, in every interleaving that the model checker can reach.
@NullUnmarked
class CancelInterleavingTest {
    private static final int INVOCATIONS = 100;

    /// One that was lost would leave the task waiting for ever.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void noRequestIsLost(int requests) {
        CoreEventLoop loop = InterleavingTest.idleLoop();
        Lincheck.runConcurrentTest(
                INVOCATIONS,
                () -> {
                    Standing task = new Standing(loop);
                    CorePromise<Integer> first = new CorePromise<>(loop, null);
                    List<Thread> threads = new ArrayList<>();
                    for (int i = 0; i < requests; i++) {
                        threads.add(new Thread(task::cancel));
                    }
                    threads.add(new Thread(() -> first.tryComplete(1)));
                    threads.forEach(Thread::start);

                    boolean cancelled =
                            task.awaits(first) || task.awaits(new CorePromise<>(loop, null));

                    join(threads);
                    if (!cancelled || task.cancelling() != requests) {
                        throw new AssertionError(
                                "cancelled: " + cancelled + ", requests: " + task.cancelling());
                    }
                });
    }

    private static void join(List<Thread> threads) {
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// A task whose body is the thread that asks it to await.
    private static final class Standing extends ParallelTask<Integer> {
        private volatile boolean woken;

        Standing(CoreEventLoop loop) {
            super(loop, Coroutine.of(() -> 1), null, Context.empty(), 1);
        }

        /// Awaits a future; tells whether that was cancelled.
        boolean awaits(CoreFuture<?> future) {
            try {
                suspendFor(future);
                future.result();
                return false;
            } catch (CancelledError e) {
                return true;
            }
        }

        @Override
        void expectWake() {
            woken = false;
        }

        @Override
        void wake() {
            woken = true;
        }

        @Override
        void awaitWake() {
            while (!woken) {
                Thread.onSpinWait();
            }
        }

        @Override
        void giveUpControl() {
            throw new AssertionError("it does not");
        }

        @Override
        void start() {
            throw new AssertionError("it is not");
        }

        @Override
        void unwind() {
            throw new AssertionError("it is not");
        }

        @Override
        @Nullable Thread ownThread() {
            return null;
        }

        @Override
        @Nullable Thread suspendedOn() {
            return null;
        }

        @Override
        int worker() {
            return 0;
        }

        @Override
        void countStep() {}
    }
}
