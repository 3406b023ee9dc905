package dev.treadle.core;

import dev.treadle.Context;
import dev.treadle.Coroutine;
import dev.treadle.LoopStatistics.Worker;
import dev.treadle.Task;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Tasks take turns on a few [seats][Seat], each of which runs one step at a time.
///
/// **Seats and runners.** A step runs on the stack of the [runner][SeatRunner] that holds a seat. A
/// task that never suspends costs no thread. One that suspends keeps its runner, which looks what
/// the seat is to do next: its own task again costs nothing, another suspended task's runner gets
/// the seat straight from it, and only for a new task is an idle runner woken, because user code
/// must not run on top of another task's stack.
///
/// **What is ready** is queued at the seat whose task has made it ready, or in the inbox if that
/// was a callback or a foreign thread. Any seat may take it; so the runner of a task that is still
/// looking may be granted another seat ([SeatRunner] tells how it comes right).
final class TaskPool extends ParallelTasks {
    private final CoreEventLoop loop;
    private final SeatCarriers carriers;
    private final Seat[] seats;
    private final IdleSeats idleSeats;
    private final TaskLimit limit;
    private final Queue<PoolTask<?>> inbox = new ConcurrentLinkedQueue<>(); // any thread
    private final Counter unassigned = Counter.shared(); // how much was ever put into the inbox
    private final AtomicInteger threads = new AtomicInteger(); // any thread: runners ever made
    private final CountDownLatch seated; // counts the seats that are to end

    private enum State {
        PAUSED,
        OPEN,
        SHUT,
        ENDED
    }

    // PAUSED <-> OPEN  around a run
    // PAUSED  -> SHUT  when the loop is closed: all tasks are unwound
    // SHUT    -> ENDED when no task is left
    private volatile State state = State.PAUSED; // written by the caller, read by any

    /// Makes a pool on the carriers that this JVM offers.
    TaskPool(CoreEventLoop loop, PoolConfig config) {
        this(
                loop,
                config,
                CarrierChoice.newSeatCarriers(loop.threadName("carrier-"), config.parallelism()));
    }

    TaskPool(CoreEventLoop loop, PoolConfig config, SeatCarriers carriers) {
        this.loop = loop;
        this.carriers = carriers;
        this.limit = new TaskLimit(loop, config);
        this.idleSeats = new IdleSeats(this, config.parallelism());
        this.seats = new Seat[config.parallelism()];
        this.seated = new CountDownLatch(seats.length);
        for (int i = 0; i < seats.length; i++) {
            seats[i] = new Seat(this, i, idleSeats);
            idleSeats.fallAsleep(seats[i], false);
        }
    }

    @Override
    String name() {
        return carriers.name();
    }

    CoreEventLoop loop() {
        return loop;
    }

    SeatCarriers carriers() {
        return carriers;
    }

    Seat[] seats() {
        return seats;
    }

    /// What was made ready by none of the seats, and any of them may take.
    Queue<PoolTask<?>> inbox() {
        return inbox;
    }

    String nextThreadName() {
        return loop.threadName(threads.incrementAndGet());
    }

    // ---- tasks

    @Override
    <T extends @Nullable Object> ParallelTask<T> newTask(
            Coroutine<T> coroutine, @Nullable String name, Context context, long number) {
        limit.admit(coroutine);
        return new PoolTask<>(loop, coroutine, name, context, number, this);
    }

    /// Queues a task that is ready. From any thread.
    void submit(PoolTask<?> task) {
        Seat seat = SeatRunner.current(this);
        if (seat != null) {
            seat.queue(task);
        } else {
            unassigned.increment(); // before it can be taken
            inbox.add(task);
            idleSeats.added(true);
            if (hasEnded()) {
                endWhatIsLeft(); // the seats do not see this any more
            }
        }
    }

    /// Whether a seat would find something.
    boolean hasWork() {
        if (!inbox.isEmpty()) {
            return true;
        }
        for (Seat seat : seats) {
            if (seat.hasWork()) {
                return true;
            }
        }
        return false;
    }

    @Override
    void ended() {
        limit.ended();
    }

    // ---- seen from outside

    @Override
    List<Worker> workers(@Nullable Measuring measuring) {
        boolean running = loop.isRunning();
        return Arrays.stream(seats).map(seat -> seat.statistics(running, measuring)).toList();
    }

    @Override
    @Nullable ParallelTask<?> running(int worker) {
        return worker >= 1 && worker <= seats.length ? seats[worker - 1].task() : null;
    }

    @Override
    Inbox.Contents unassigned() {
        long taken =
                Arrays.stream(seats)
                        .mapToLong(seat -> seat.counters.get(SeatCounters.TAKEN_OVER))
                        .sum();
        long ever = unassigned.get(); // afterwards: no more was taken than was there
        return new Inbox.Contents((int) Math.min(ever - taken, Integer.MAX_VALUE), ever);
    }

    // ---- the life of the loop

    /// Whether steps may begin.
    boolean isOpen() {
        State now = state;
        return now == State.OPEN || now == State.SHUT;
    }

    /// Whether a task that has not begun is to end without.
    boolean isShut() {
        return state == State.SHUT;
    }

    boolean hasEnded() {
        return state == State.ENDED;
    }

    @Override
    void open() {
        state = State.OPEN;
        rouse();
    }

    private void rouse() {
        if (hasWork()) { // after the state is visible, because a seat looks at it after it is
            // asleep
            idleSeats.added(true);
        }
    }

    @Override
    void close() {
        state = State.PAUSED;
    }

    @Override
    void shut() {
        state = State.SHUT;
        rouse();
        // Again, because a step that was under way may have created another one.
        for (Collection<Task<?>> left = loop.unfinished();
                !left.isEmpty();
                left = loop.unfinished()) {
            left.forEach(task -> ((PoolTask<?>) task).leaveNow());
            left.forEach(task -> awaitEnd((PoolTask<?>) task));
        }
        state = State.ENDED;
        endSeats();
        carriers.close();
        endWhatIsLeft();
    }

    private static void awaitEnd(PoolTask<?> task) {
        BlockedThread blocked = new BlockedThread();
        task.addWaiter(blocked);
        boolean interrupted = false;
        while (!task.isDone()) {
            LockSupport.park(task);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void endSeats() {
        for (int neverHeld = idleSeats.rouseAll(); neverHeld > 0; neverHeld--) {
            seated.countDown();
        }
        boolean interrupted = false;
        while (seated.getCount() > 0) {
            try {
                seated.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        for (Seat seat : seats) {
            SeatRunner last = seat.holder();
            if (last != null) {
                Joining.uninterruptibly(last.thread());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Called by a seat that has ended.
    void seatEnded() {
        seated.countDown();
    }

    /// Ends tasks that came when no seat was left to run them.
    private void endWhatIsLeft() {
        for (PoolTask<?> task = inbox.poll(); task != null; task = inbox.poll()) {
            task.unwinding = true;
            task.endBeforeItBegan();
        }
    }
}
