package dev.treadle.core;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What several threads may do at once, in every interleaving that the model checker can reach.
@NullUnmarked
class InterleavingTest {
    private static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .iterations(6)
                .invocationsPerIteration(200)
                .threads(3)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(1);
    }

    /// A loop that never runs: only what may be called from any thread is called.
    static CoreEventLoop idleLoop() {
        return new CoreEventLoop(
                "idle",
                "none",
                new Ports(
                        Clock.system(),
                        new FifoReadyQueue(),
                        new ParkingPoller(),
                        new BatonCarriers(),
                        new ThreadOffload("none")));
    }

    @Nested
    class PromiseCompletion {

        @Test
        void isOnceAndSeenByAll() {
            options().check(Completing.class);
        }
    }

    /// A promise is complete-once: a second attempt fails, and everybody sees the first.
    public static class Completing {
        private final CorePromise<Integer> promise = new CorePromise<>(idleLoop(), null);

        @Operation
        public boolean completeWithOne() {
            return promise.tryComplete(1);
        }

        @Operation
        public boolean completeWithTwo() {
            return promise.tryComplete(2);
        }

        @Operation
        public boolean cancel() {
            return promise.cancel();
        }

        @Operation
        public @Nullable Integer result() {
            return promise.state() == java.util.concurrent.Future.State.SUCCESS
                    ? promise.result()
                    : null;
        }

        @Operation
        public boolean done() {
            return promise.isDone();
        }
    }

    @Nested
    class InboxOrder {

        @Test
        void isThatInWhichEntriesCameAndNoneIsLost() {
            options().check(Posting.class);
        }
    }

    /// An inbox behaves as a queue that one consumer empties.
    public static class Posting {
        private final Inbox inbox = new Inbox(new ParkingPoller());
        private final FifoReadyQueue ready = new FifoReadyQueue();

        /// An entry with a number.
        private static final class Numbered extends ReadyEntry {
            final int number;

            Numbered(int number) {
                this.number = number;
            }

            @Override
            void run() {}
        }

        @Operation
        public void pushOne() {
            inbox.push(new Numbered(1));
        }

        @Operation
        public void pushTwo() {
            inbox.push(new Numbered(2));
        }

        @Operation(nonParallelGroup = "consumer")
        public List<Integer> drain() {
            inbox.drainTo(ready);
            List<Integer> numbers = new ArrayList<>();
            for (ReadyEntry entry = ready.poll(); entry != null; entry = ready.poll()) {
                numbers.add(((Numbered) entry).number);
            }
            return numbers;
        }
    }

    @Nested
    class HandleCancel {

        @Test
        void letsEitherTheCallbackOrTheCancellationWin() {
            options().check(Cancelling.class);
        }
    }

    /// A handle runs once at most, and never after a cancellation that was told so.
    public static class Cancelling {
        private int runs;
        private final ThreadsafeHandle handle =
                new ThreadsafeHandle(idleLoop(), () -> runs++, dev.treadle.Context.empty());

        @Operation(nonParallelGroup = "loop")
        public int run() {
            handle.run();
            return runs;
        }

        @Operation
        public boolean cancel() {
            handle.cancel();
            return handle.isCancelled();
        }
    }
}
