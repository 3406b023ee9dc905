package dev.treadle.core;

import dev.treadle.Context;
import dev.treadle.spi.Droppable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What several threads may do at once, in every interleaving that the model checker can reach.
@NullUnmarked
class InterleavingTest {
    private static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .iterations(4)
                .invocationsPerIteration(200)
                .threads(3)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(1);
    }

    /// For operations of many steps, few of which matter.
    static ModelCheckingOptions sections() {
        return options().iterations(2).invocationsPerIteration(50);
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
                        new JdkCarriers("baton"),
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
    class WorkStealing {

        @Test
        void takesEachEntryOnceAndInItsOrder() {
            options().check(Stealing.class);
        }

        @Test
        void movesHalfOfWhatAnotherHolds() {
            options().check(StealingHalf.class);
        }
    }

    /// A queue of a seat behaves as a queue that one thread fills and several empty.
    public static class Stealing {
        private final StealQueue<Integer> queue = new StealQueue<>();
        private int pushed;

        /// Whether others wait before the new entry is a hint, and may be out of date.
        @Operation(nonParallelGroup = "owner")
        @SuppressWarnings("CheckReturnValue")
        public int push() {
            queue.push(++pushed);
            return pushed;
        }

        @Operation(nonParallelGroup = "owner")
        public void forget() {
            queue.forget();
        }

        @Operation
        public @Nullable Integer poll() {
            return queue.poll();
        }
    }

    /// What is stolen is taken once, whoever else takes meanwhile: the first is the oldest, and
    /// half of what is left goes along.
    public static class StealingHalf {
        private final StealQueue<Integer> victim = new StealQueue<>();
        private final StealQueue<Integer> mine = new StealQueue<>();

        public StealingHalf() {
            for (int entry = 1; entry <= 5; entry++) {
                victim.push(entry);
            }
        }

        @Operation(nonParallelGroup = "thief")
        public List<Integer> steal() {
            List<Integer> stolen = new ArrayList<>();
            for (Integer entry = mine.stealHalf(victim); entry != null; entry = mine.poll()) {
                stolen.add(entry);
            }
            return stolen;
        }

        @Operation(nonParallelGroup = "owner")
        @SuppressWarnings("CheckReturnValue")
        public void push() {
            victim.push(6);
        }

        @Operation
        public @Nullable Integer poll() {
            return victim.poll();
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
                new ThreadsafeHandle(idleLoop(), () -> runs++, Context.empty());

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

    @Nested
    class LoopClose {

        @Test
        void eitherRefusesASubmissionOrTellsItThatItWasDropped() {
            sections().check(Closing.class);
        }
    }

    /// What is submitted to a loop while it is closed is refused, or accepted and dropped; it never
    /// waits for ever.
    public static class Closing {
        private final CoreEventLoop loop = idleLoop();
        private final AtomicInteger accepted = new AtomicInteger();
        private final AtomicInteger dropped = new AtomicInteger();

        private final class Callback implements Runnable, Droppable {
            @Override
            public void run() {
                throw new AssertionError("this loop never runs");
            }

            @Override
            public void dropped() {
                dropped.incrementAndGet();
            }
        }

        @Operation
        public boolean submit() {
            try {
                loop.callSoonThreadsafe(new Callback(), Context.empty());
                accepted.incrementAndGet();
                return true;
            } catch (IllegalStateException e) {
                return false;
            }
        }

        @Operation(nonParallelGroup = "closer")
        public void close() {
            loop.close();
        }

        @Validate
        public void everySubmissionWasAnswered() {
            int expected = loop.isClosed() ? accepted.get() : 0;
            if (dropped.get() != expected) {
                throw new IllegalStateException(
                        accepted
                                + " accepted, "
                                + dropped
                                + " dropped; closed: "
                                + loop.isClosed());
            }
        }
    }
}
