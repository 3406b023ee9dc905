package dev.treadle.scheduler.test;

import dev.treadle.ExceptionGroup;
import dev.treadle.Task;
import dev.treadle.TimeoutError;
import dev.treadle.scheduler.test.Injection.Moment;
import org.jspecify.annotations.Nullable;

/// Counts the awaits of the subject, and makes one of them meet a fault.
final class Injector {
    private final @Nullable Injection planned;
    private @Nullable Task<?> subject; // loop thread only
    private @Nullable Task<?> resuming; // loop thread only: to be cancelled when it is picked
    private int awaits; // loop thread only
    private boolean done; // loop thread only
    private @Nullable Throwable thrown; // loop thread only
    private Runnable closing = () -> {}; // loop thread only
    private SimulatedQueue queue; // loop thread only

    @SuppressWarnings("NullAway.Init") // the queue needs what needs this
    Injector(@Nullable Injection planned) {
        this.planned = planned;
    }

    void queue(SimulatedQueue ready) {
        this.queue = ready;
    }

    /// Says how the loop is closed, should that be the fault.
    void closing(Runnable action) {
        this.closing = action;
    }

    void subject(Task<?> task) {
        if (subject != null) {
            throw new IllegalStateException("there is a subject already: " + subject.name());
        }
        subject = task;
    }

    boolean hasSubject() {
        return subject != null;
    }

    /// How often the subject has awaited something.
    int awaits() {
        return awaits;
    }

    /// Whether the fault has happened.
    boolean isDone() {
        return done;
    }

    /// Whether a failure is the fault that was thrown, or has come of it: as a cause, or in a
    /// group.
    boolean hasCaused(Throwable failure) {
        if (thrown == null) {
            return false;
        }
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each == thrown
                    || (each instanceof ExceptionGroup group
                            && group.exceptions().stream().anyMatch(this::hasCaused))) {
                return true;
            }
        }
        return false;
    }

    @Nullable Injection planned() {
        return planned;
    }

    /// Called when a task is about to suspend. What it throws leaves the task's await.
    void suspending(Task<?> task) {
        if (task != subject || (throwsPlanned() && Sites.isExitOfGroup())) {
            return; // who leaves a group waits for its tasks, and that wait cannot fail
        }
        awaits++;
        if (planned == null || done || awaits != planned.await()) {
            return;
        }
        done = true;
        switch (planned.fault()) {
            case CANCEL -> cancel(task, planned.moment());
            case EXCEPTION -> {
                InjectedFault fault = new InjectedFault(planned.toString());
                thrown = fault;
                throw fault;
            }
            case TIMEOUT -> {
                TimeoutError fault = new TimeoutError(planned.toString(), null);
                thrown = fault;
                throw fault;
            }
            case CLOSE -> queue.before(closing);
            case SPURIOUS_WAKEUP, CLOCK_JUMP, REFUSED_OFFLOAD ->
                    throw new AssertionError("not enumerated: " + planned);
        }
    }

    private boolean throwsPlanned() {
        return planned != null
                && switch (planned.fault()) {
                    case EXCEPTION, TIMEOUT -> true;
                    case CANCEL, CLOSE, SPURIOUS_WAKEUP, CLOCK_JUMP, REFUSED_OFFLOAD -> false;
                };
    }

    private void cancel(Task<?> task, Moment moment) {
        switch (moment) {
            case BEFORE -> task.cancel();
            case SUSPENDED -> queue.before(task::cancel);
            case RESUMING -> resuming = task;
        }
    }

    /// Called when a task is about to go on.
    void picked(Task<?> task) {
        if (task == resuming) {
            resuming = null;
            task.cancel();
        }
    }
}
