package dev.treadle.spi;

import dev.treadle.Future;
import dev.treadle.Task;
import org.jspecify.annotations.Nullable;

/// A task that others can cancel in the midst of a step, because it runs beside them.
///
/// A scope that cancels the task around it, as a time limit does, may be left in that very step,
/// before the body has learned of the request. It then withdraws its own request, and nobody
/// else's; so requests have numbers. A task may also end before it has learned of one. On a loop
/// that runs one step at a time neither happens with requests of others, and what [Task] itself
/// offers will do.
public interface CancelRequests {
    /// Requests that a task be cancelled, as [Task#cancel()] does.
    ///
    /// @param task what to cancel
    /// @return the number of the request, for [#withdraw(Task, int)]
    static int request(Task<?> task) {
        if (task instanceof CancelRequests parallel) {
            return parallel.requestCancel(null);
        }
        task.cancel();
        return 0;
    }

    /// Withdraws a request, as [Task#uncancel()] does, and sees to it that the body does not learn
    /// of it any more if it has not yet.
    ///
    /// @param task what was to be cancelled, which is the current task
    /// @param request what [#request(Task)] returned
    /// @return how many requests are left
    static int withdraw(Task<?> task, int request) {
        return task instanceof CancelRequests parallel
                ? parallel.withdraw(request)
                : task.uncancel();
    }

    /// Returns how many requests there are that are no news to the body, as [Task#cancelling()]
    /// does.
    ///
    /// @param task the current task
    /// @return how many requests its body has learned of, or has made itself
    static int seen(Task<?> task) {
        return task instanceof CancelRequests parallel
                ? parallel.seenRequests()
                : task.cancelling();
    }

    /// Takes note that a [dev.treadle.CancelledError] that is under way in the current task stands
    /// for all requests so far.
    ///
    /// @param task the current task
    static void learned(Task<?> task) {
        if (task instanceof CancelRequests parallel) {
            parallel.learned();
        }
    }

    /// Returns whether a request was accepted by a task that has then ended without having learned
    /// of it.
    ///
    /// @param done a future that is done
    /// @return whether it is such a task
    static boolean isMissedBy(Future<?> done) {
        return done instanceof CancelRequests parallel && parallel.hasMissedRequest();
    }

    /// Requests that this be cancelled. On the loop.
    ///
    /// @param message goes with the [dev.treadle.CancelledError]
    /// @return the number of the request if it was left to the body; 0 if what the task awaits has
    ///   taken it, or -1 if the task has ended
    int requestCancel(@Nullable Object message);

    /// Withdraws a request. In the task itself.
    ///
    /// @param request what [#requestCancel(Object)] returned
    /// @return how many requests are left
    int withdraw(int request);

    /// {@return how many requests the body has learned of, or has made itself, that were not
    /// withdrawn}
    int seenRequests();

    /// Takes note that the body has learned of all requests. In the task itself.
    void learned();

    /// {@return whether this has ended without having learned of a request, and not by being
    /// cancelled}
    boolean hasMissedRequest();
}
