package dev.treadle.core;

import dev.treadle.CancelledError;
import dev.treadle.Context;
import dev.treadle.Coroutine;
import dev.treadle.Task;
import dev.treadle.spi.Execution;
import dev.treadle.sync.BoundedSemaphore;
import dev.treadle.sync.Lock;
import dev.treadle.sync.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What tasks of parallel loops share, in every interleaving that the model checker can reach.
@NullUnmarked
class SharingInterleavingTest {

    @Nested
    class QueueOfParallelTasks {

        @Test
        void losesAndDoublesNothingWhoeverIsCancelled() {
            InterleavingTest.sections().check(Queueing.class);
        }
    }

    /// A queue whose users run at the same time behaves as if each came alone.
    public static class Queueing {
        private final ParallelTask task = new ParallelTask(InterleavingTest.idleLoop());
        private final Queue<Integer> queue = Queue.bounded(1);

        @Operation
        public boolean putOne() {
            return task.call(() -> queue.tryPut(1));
        }

        @Operation
        public boolean putTwo() {
            return task.call(() -> queue.tryPut(2));
        }

        @Operation
        public @Nullable Integer get() {
            return task.call(() -> queue.tryGet().orElse(null));
        }

        /// Takes an item, or waits for one and is cancelled.
        @Operation
        public @Nullable Integer getOrBeCancelled() {
            return task.call(() -> orNull(queue.get()));
        }

        /// Puts an item, or waits for room and is cancelled.
        @Operation
        public boolean putOrBeCancelled() {
            return task.call(
                    () -> orNull(Coroutine.of(() -> queue.put(3).await() == null)) != null);
        }

        @Operation
        public int size() {
            return task.call(queue::size);
        }
    }

    @Nested
    class SemaphoreOfParallelTasks {

        @Test
        void losesAndDoublesNoPermitWhoeverIsCancelled() {
            InterleavingTest.sections().check(Acquiring.class);
        }
    }

    /// A semaphore whose users run at the same time behaves as if each came alone.
    public static class Acquiring {
        private final ParallelTask task = new ParallelTask(InterleavingTest.idleLoop());
        private final BoundedSemaphore semaphore = new BoundedSemaphore(1);

        /// Takes a permit, or waits for one and is cancelled.
        @Operation
        public boolean acquireOrBeCancelled() {
            return task.call(() -> orNull(semaphore.acquire()) != null);
        }

        @Operation
        public boolean release() {
            return task.call(() -> {
                try {
                    semaphore.release();
                    return true;
                } catch (IllegalStateException e) {
                    return false;
                }
            });
        }

        @Operation
        public boolean isLocked() {
            return task.call(semaphore::isLocked);
        }
    }

    @Nested
    class LockOfParallelTasks {

        @Test
        void isHeldByOneAtATimeWhoeverIsCancelled() {
            InterleavingTest.sections().check(Locking.class);
        }
    }

    /// A lock whose users run at the same time behaves as if each came alone.
    public static class Locking {
        private final ParallelTask task = new ParallelTask(InterleavingTest.idleLoop());
        private final Lock lock = new Lock();

        /// Takes the lock, or waits for it and is cancelled.
        @Operation
        public boolean acquireOrBeCancelled() {
            return task.call(() -> orNull(lock.acquire()) != null);
        }

        @Operation
        public boolean release() {
            return task.call(() -> {
                try {
                    lock.release();
                    return true;
                } catch (IllegalStateException e) {
                    return false;
                }
            });
        }

        @Operation
        public boolean isLocked() {
            return task.call(lock::isLocked);
        }
    }

    @Nested
    class CoroutineOfParallelTasks {

        @Test
        void runsOnceWhoeverAwaitsOrClosesIt() {
            InterleavingTest.sections().check(TakingACoroutine.class);
        }
    }

    /// A coroutine runs once, also if several await it at the same time, and not after it was
    /// closed.
    public static class TakingACoroutine {
        private final ParallelTask task = new ParallelTask(InterleavingTest.idleLoop());
        private final AtomicInteger runs = new AtomicInteger();
        private final Coroutine<Integer> coroutine = Coroutine.of(runs::incrementAndGet);

        /// Awaits it; zero if it has been taken.
        @Operation
        public int await() {
            return task.call(() -> {
                try {
                    return coroutine.await();
                } catch (IllegalStateException e) {
                    return 0;
                }
            });
        }

        /// Closes it, which is refused only while it runs; tells how often it has run by then.
        @Operation
        public int closeAndCount() {
            return task.call(() -> {
                try {
                    coroutine.close();
                    return runs.get();
                } catch (IllegalStateException e) {
                    return 1; // it is running
                }
            });
        }
    }

    private static <T> @Nullable T orNull(Coroutine<T> coroutine) {
        try {
            return coroutine.await();
        } catch (CancelledError e) {
            return null;
        }
    }

    /// Runs code as a task does whose loop runs several at the same time; whatever it has to wait
    /// for, it is cancelled as it waits.
    private static final class ParallelTask implements Execution {
        private final CoreEventLoop loop;

        ParallelTask(CoreEventLoop loop) {
            this.loop = loop;
        }

        <T> T call(Supplier<T> action) {
            return Execution.call(this, action::get);
        }

        @Override
        public boolean isParallel() {
            return true;
        }

        @Override
        public Thread thread() {
            return Thread.currentThread();
        }

        @Override
        public CoreEventLoop loop() {
            return loop;
        }

        @Override
        public Task<?> task() {
            throw new AssertionError("nobody asks");
        }

        @Override
        public Task<?> requireTask() {
            return null; // nobody looks
        }

        @Override
        public Context context() {
            return Context.empty();
        }

        @Override
        public <T, X extends Throwable> T callIn(
                Context context, ScopedValue.CallableOp<? extends T, X> action) throws X {
            return action.call();
        }

        @Override
        public <T> T onTaskStack(Supplier<T> action) {
            throw new CancelledError();
        }
    }
}
