package dev.treadle.core;

import dev.treadle.core.VirtualTime.Expectation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Carries the callbacks and the tasks of a parallel loop on virtual time: of all that could go on,
/// one goes on, drawn by a seed.
///
/// So the tasks of a test meet in orders that no confined loop has. A seed draws the same numbers
/// each time, but not among the same: what other threads submit, that of the test among them, is
/// there a draw earlier or later. Time stands still while a task can go on. It needs `java.lang` to
/// be open.
final class SeededCarriers implements Carriers {
    /// The name where each task has a thread of its own.
    static final String VIRTUAL = "virtual";

    /// The name where tasks take seats.
    static final String POOL = "pool";

    private static final long SEED = Long.getLong("treadle.test.seed", 1);

    private final VirtualTime time;
    private final Thread.Builder.OfVirtual ofRunners;
    private final VirtualThreads threads;
    private final ExecutorService carrier = newCarrier();
    private final List<Runnable> waiting = new ArrayList<>(); // guarded by itself
    private final Random random = new Random(SEED); // guarded by waiting

    SeededCarriers(VirtualTime time) {
        this.time = time;
        this.threads = Objects.requireNonNull(VirtualThreads.find(), "java.lang is not open");
        this.ofRunners = threads.builder(this::submit);
    }

    /// One thread, which ends when it has nothing to do.
    private static ExecutorService newCarrier() {
        ThreadPoolExecutor carrier =
                new ThreadPoolExecutor(
                        1,
                        1,
                        100,
                        TimeUnit.MILLISECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("carrier").factory());
        carrier.allowCoreThreadTimeOut(true);
        return carrier;
    }

    private void submit(Runnable continuation) {
        synchronized (waiting) {
            waiting.add(continuation);
        }
        carrier.execute(this::runOne);
    }

    private Thread newWatchedThread(String name, Runnable body) {
        Watched watched = new Watched();
        Thread thread = threads.builder(watched).name(name).unstarted(body);
        watched.thread = thread;
        return thread;
    }

    /// Carries one thread, and has time stand still unless that waits. One that is blocked by a
    /// monitor does not: it comes again as soon as somebody leaves that, who may be a thread that
    /// nobody expects.
    private final class Watched implements Executor {
        private @Nullable Thread thread; // written before it is started
        private int times; // guarded by this: so often it came
        private @Nullable Expectation kept; // guarded by this: until it comes again

        @Override
        public void execute(Runnable continuation) {
            Expectation expectation = time.expectForeign();
            Expectation before;
            int time;
            synchronized (this) {
                time = ++times;
                before = kept;
                kept = null;
            }
            if (before != null) {
                before.close();
            }
            submit(() -> {
                try {
                    continuation.run();
                } finally {
                    leave(time, expectation);
                }
            });
        }

        private void leave(int time, Expectation expectation) {
            synchronized (this) {
                if (time == times && isToComeAgain()) {
                    kept = expectation;
                    return;
                }
            }
            expectation.close();
        }

        private boolean isToComeAgain() {
            return switch (Objects.requireNonNull(thread).getState()) {
                case BLOCKED, RUNNABLE -> true; // RUNNABLE: it is about to
                case NEW, WAITING, TIMED_WAITING, TERMINATED -> false;
            };
        }
    }

    private void runOne() {
        Runnable drawn;
        synchronized (waiting) {
            drawn = waiting.remove(random.nextInt(waiting.size()));
        }
        drawn.run();
    }

    @Override
    public String name() {
        return "seeded";
    }

    @Override
    public Thread newThread(String name, Runnable body) {
        return ofRunners.name(name).unstarted(body);
    }

    /// What runs tasks that have threads of their own.
    TaskThreads ofTasks() {
        return new TaskThreads() {
            @Override
            public String name() {
                return VIRTUAL;
            }

            @Override
            public Thread newThread(String name, Runnable body) {
                return newWatchedThread(name, body);
            }
        };
    }

    /// What the seats of a pool are carried by.
    SeatCarriers ofSeats() {
        return new SeatCarriers() {
            @Override
            public String name() {
                return POOL;
            }

            @Override
            public Thread newThread(String name, SeatRunner runner) {
                return newWatchedThread(name, runner);
            }

            @Override
            public void seated(SeatRunner runner, Seat seat) {
                // All seats have the same carrier.
            }

            // A task that never suspends would keep the only carrier.
            @Override
            @SuppressWarnings("ThreadPriorityCheck") // the scheduler is ours
            public void breathe(Seat seat) {
                Thread.yield();
            }

            // Time stands still meanwhile, because the seat may find something yet.
            @Override
            public void nap(SeatRunner holder, long nanos) {
                try (Expectation _ = time.expectForeign()) {
                    holder.park(nanos);
                }
            }

            @Override
            public void close() {
                // The carrier ends by itself.
            }
        };
    }
}
