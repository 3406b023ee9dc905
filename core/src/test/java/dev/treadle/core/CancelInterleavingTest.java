package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.CancelledError;
import dev.treadle.Context;
import dev.treadle.Coroutine;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jetbrains.lincheck.Lincheck;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
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

    /// A request that is passed on to a task whose body is just ending is not seen by that one. So
    /// the one who passed it on has to see it.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void noRequestIsLostThatWasPassedOnToATaskThatEnds(int requests) {
        CoreEventLoop loop = InterleavingTest.idleLoop();
        Lincheck.runConcurrentTest(
                INVOCATIONS,
                () -> {
                    Standing ending = new Standing(loop);
                    Standing task = new Standing(loop);
                    List<Boolean> accepted = Collections.synchronizedList(new ArrayList<>());
                    List<Thread> threads = new ArrayList<>();
                    for (int i = 0; i < requests; i++) {
                        threads.add(new Thread(() -> accepted.add(task.cancel())));
                    }
                    threads.add(new Thread(ending::returns));
                    threads.forEach(Thread::start);

                    boolean cancelled =
                            task.awaits(ending) || task.awaits(new CorePromise<>(loop, null));

                    join(threads);
                    if (!cancelled || accepted.contains(false) || ending.isCancelled()) {
                        throw new AssertionError(
                                "cancelled: " + cancelled + ", accepted: " + accepted);
                    }
                });
    }

    /// It comes back as the error of the one that was cancelled, and must not come a second time.
    @Test
    void noRequestStrikesTwiceThatWasPassedOnToATaskThatHasNotBegun() {
        CoreEventLoop loop = InterleavingTest.idleLoop();
        Lincheck.runConcurrentTest(
                INVOCATIONS,
                () -> {
                    Standing unbegun = new Standing(loop);
                    Standing task = new Standing(loop);
                    Thread canceller = new Thread(task::cancel);
                    Thread runner =
                            new Thread(() -> {
                                while (!unbegun.mustCancel()) {
                                    Thread.onSpinWait();
                                }
                                unbegun.endBeforeItBegan();
                            });
                    canceller.start();
                    runner.start();

                    boolean cancelled = task.awaits(unbegun);

                    join(List.of(canceller, runner));
                    if (!cancelled || task.mustCancel()) {
                        throw new AssertionError("cancelled: " + cancelled);
                    }
                });
    }

    /// Either a request was accepted in time and the body can still see it, or it is refused, or
    /// the result stays and the request counts as missed.
    @Test
    void noResultIsTakenAwayByARequestThatComesTooLate() {
        CoreEventLoop loop = InterleavingTest.idleLoop();
        Lincheck.runConcurrentTest(
                INVOCATIONS,
                () -> {
                    Standing ending = new Standing(loop);
                    List<Boolean> accepted = Collections.synchronizedList(new ArrayList<>());
                    Thread canceller = new Thread(() -> accepted.add(ending.cancel()));
                    canceller.start();
                    ending.returns();
                    join(List.of(canceller));
                    int counted = accepted.contains(true) ? 1 : 0;
                    if (ending.isCancelled() || ending.cancelling() != counted) {
                        throw new AssertionError("accepted: " + accepted + ", " + ending);
                    }
                });
    }

    /// A time limit that strikes in the midst of a step withdraws what it has requested, and
    /// nothing else.
    @Test
    void aRequestThatIsWithdrawnDoesNotStrikeAndOthersDo() {
        CoreEventLoop loop = InterleavingTest.idleLoop();
        Lincheck.runConcurrentTest(
                INVOCATIONS,
                () -> {
                    Standing task = new Standing(loop);
                    task.cancel(); // seen in the first await, and kept
                    boolean first = task.awaits(new CorePromise<>(loop, null));
                    Thread limit =
                            new Thread(() -> {
                                int request = task.requestCancel(null);
                                task.withdraw(request);
                            });
                    Thread other = new Thread(task::cancel);
                    limit.start();
                    other.start();
                    join(List.of(limit, other));

                    boolean second = task.awaits(new CorePromise<>(loop, null));
                    CorePromise<Integer> done = new CorePromise<>(loop, null);
                    done.complete(1);
                    boolean third = task.awaits(done);

                    if (!first || !second || third || task.cancelling() != 2) {
                        throw new AssertionError(first + ", " + second + ", " + third);
                    }
                });
    }

    /// What a scope has asked for was heard; what came meanwhile from elsewhere was not.
    @Test
    void aRequestThatWasSeenIsWithdrawnWithoutHidingAnother() {
        CoreEventLoop loop = InterleavingTest.idleLoop();
        Standing task = new Standing(loop);
        int ofScope = task.requestCancel(null);
        assertThat(task.awaits(new CorePromise<>(loop, null))).isTrue();

        task.cancel();

        assertThat(task.withdraw(ofScope)).isEqualTo(1);
        assertThat(task.awaits(new CorePromise<>(loop, null))).isTrue();
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

        /// Ends as a body that returns does.
        void returns() {
            if (bodyEnded()) {
                throw new AssertionError("it has not cancelled itself");
            }
            succeed(1);
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
