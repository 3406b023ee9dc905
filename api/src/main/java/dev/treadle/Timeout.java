package dev.treadle;

import dev.treadle.spi.CancelRequests;
import dev.treadle.spi.Execution;
import dev.treadle.spi.Guard;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Bounds the time that a piece of a coroutine may take.
///
/// ```java
/// Timeout limit = Timeout.after(Duration.ofSeconds(5));
/// limit.run(() -> {
///     handshake();
///     limit.reschedule(Duration.ofMinutes(1));
///     transfer();
/// }).await();
/// ```
///
/// At the deadline the current task is cancelled; the [CancelledError] that then leaves the body is
/// turned into a [TimeoutError]. If the body raises something else, or somebody else cancelled the
/// task too, that passes unchanged. Used once. [Async#timeout] is the short form for a limit that
/// does not move.
///
/// All methods must be called on the loop thread.
///
/// Source of the semantics: `asyncio.Timeout`.
public final class Timeout {

    private enum State {
        CREATED,
        ACTIVE,
        EXPIRING,
        EXPIRED,
        FINISHED
    }

    private final Guard guard = new Guard();
    private @Nullable Long deadline; // guarded; null for never
    private State state = State.CREATED; // guarded
    private @Nullable Handle timer; // guarded
    private int armings; // guarded; a timer that an earlier one armed has nothing to say any more
    private @Nullable Task<?> task; // guarded
    private int cancellingAtEntry; // the task's own
    private int request; // guarded; of this, for the task to be cancelled

    private Timeout(@Nullable Long deadline) {
        this.deadline = deadline;
    }

    /// Makes a limit that counts from now.
    ///
    /// @param timeout how long; zero or less expires at the first suspension
    /// @return a limit that is not in force yet
    /// @throws IllegalStateException if no loop runs here
    public static Timeout after(Duration timeout) {
        return new Timeout(Deadlines.after(EventLoop.running().time(), timeout));
    }

    /// Makes a limit with an absolute deadline.
    ///
    /// @param deadline a reading of the loop's clock, in nanoseconds
    /// @return a limit that is not in force yet
    public static Timeout at(long deadline) {
        return new Timeout(deadline);
    }

    /// Makes a limit that never expires, unless it is rescheduled.
    ///
    /// @return a limit that is not in force yet
    public static Timeout never() {
        return new Timeout(null);
    }

    /// Runs a body under this limit.
    ///
    /// @param <T> what it returns
    /// @param body what to run
    /// @return a coroutine with the body's result; awaiting it throws [TimeoutError] if the
    ///   deadline passes first, and `IllegalStateException` outside a task or the second time
    public <T extends @Nullable Object> Coroutine<T> run(Coroutine.Body<T> body) {
        return Coroutine.of(() -> {
            enter();
            T value;
            try {
                value = body.run();
            } catch (Throwable e) {
                throw Rethrow.asException(exit(Execution.current().asCancellation(e)));
            }
            exit(null);
            return value;
        });
    }

    /// Runs a body that returns nothing under this limit.
    ///
    /// @param action what to run
    /// @return a coroutine, as [#run(Coroutine.Body)] returns
    public Coroutine<@Nullable Void> run(Coroutine.Action action) {
        return this.<@Nullable Void>run(() -> {
            action.run();
            return null;
        });
    }

    /// {@return the deadline by the loop's clock, in nanoseconds; empty if there is none}
    public OptionalLong deadline() {
        try (var _ = guard.enter()) {
            return deadline == null ? OptionalLong.empty() : OptionalLong.of(deadline);
        }
    }

    /// {@return whether the deadline has passed and the body was cancelled for it, even if it
    /// swallowed that}
    public boolean expired() {
        try (var _ = guard.enter()) {
            return state == State.EXPIRING || state == State.EXPIRED;
        }
    }

    /// Moves the deadline.
    ///
    /// @param timeout how long from now
    /// @throws IllegalStateException unless the body is running and the deadline has not passed
    public void reschedule(Duration timeout) {
        move(Deadlines.after(ownLoop().time(), timeout));
    }

    /// Moves the deadline.
    ///
    /// @param newDeadline a reading of the loop's clock, in nanoseconds
    /// @throws IllegalStateException unless the body is running and the deadline has not passed
    public void rescheduleAt(long newDeadline) {
        move(newDeadline);
    }

    /// Lifts the limit.
    ///
    /// @throws IllegalStateException unless the body is running and the deadline has not passed
    public void disable() {
        move(null);
    }

    private EventLoop ownLoop() {
        try (var _ = guard.enter()) {
            return task == null ? EventLoop.running() : task.loop();
        }
    }

    private void move(@Nullable Long newDeadline) {
        try (var _ = guard.enter()) {
            if (state != State.ACTIVE) {
                throw new IllegalStateException(
                        state == State.CREATED
                                ? "timeout has not been entered: reschedule it inside its body"
                                : "cannot change the deadline of a timeout that is "
                                        + state.name().toLowerCase(Locale.ROOT));
            }
            deadline = newDeadline;
            disarm();
            if (newDeadline != null) {
                int arming = armings;
                EventLoop loop = ownLoop();
                timer =
                        newDeadline <= loop.time()
                                ? loop.callSoon(() -> expire(arming))
                                : loop.callAt(newDeadline, () -> expire(arming));
            }
        }
    }

    private void disarm() {
        armings++;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void enter() {
        try (var _ = guard.enter()) {
            if (state != State.CREATED) {
                throw new IllegalStateException(
                        "timeout has already been entered: make a new one for each use");
            }
            Task<?> current = Execution.current().task();
            if (current == null) {
                throw new IllegalStateException("timeout should be used inside a task");
            }
            task = current;
            cancellingAtEntry = CancelRequests.seen(current);
            state = State.ACTIVE;
            move(deadline);
        }
    }

    private void expire(int arming) {
        try (var _ = guard.enter()) {
            if (arming != armings) {
                return; // the deadline was moved, or the body has ended, as this was about to run
            }
            timer = null;
            state = State.EXPIRING;
            Task<?> current = task;
            if (current != null) {
                // Inside the section, so that the body's end finds the request made.
                request = CancelRequests.request(current);
            }
        }
    }

    /// Ends the scope; returns what the body's error becomes, null for none.
    private @Nullable Throwable exit(@Nullable Throwable error) {
        try (var _ = guard.enter()) {
            disarm();
            if (state != State.EXPIRING) {
                state = State.FINISHED;
                return error;
            }
            state = State.EXPIRED;
            Task<?> current = task;
            if (current == null) {
                return error;
            }
            boolean othersToo = CancelRequests.withdraw(current, request) > cancellingAtEntry;
            if (othersToo && error instanceof CancelledError) {
                CancelRequests.learned(current); // which it stands for from now on
            }
            if (othersToo || error == null) {
                return error;
            }
        }
        if (error instanceof CancelledError) {
            return new TimeoutError("the time limit has passed", error);
        }
        error.addSuppressed(
                new TimeoutError("the time limit had passed when this was thrown", null));
        return error;
    }

    /// {@return the state, and while it matters the deadline, for reading logs}
    @Override
    public String toString() {
        try (var _ = guard.enter()) {
            String word = state.name().toLowerCase(Locale.ROOT);
            return switch (state) {
                case CREATED, ACTIVE ->
                        "Timeout["
                                + word
                                + (deadline == null
                                        ? ", no deadline]"
                                        : ", deadline=" + deadline + "]");
                case EXPIRING, EXPIRED, FINISHED -> "Timeout[" + word + "]";
            };
        }
    }
}
