package dev.treadle.spi;

import dev.treadle.Task;
import org.jspecify.annotations.Nullable;

/// A task that others can cancel in the midst of a step, because it runs beside them.
///
/// A scope that cancels the task around it, as a time limit does, may be left in that very step,
/// before the body has learned of the request. It then withdraws its own request, and nobody
/// else's; so requests have numbers. On a loop that runs one step at a time no request is unseen
/// when a scope is left, and [Task#uncancel()] will do.
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
    /// @param task what was to be cancelled
    /// @param request what [#request(Task)] returned
    /// @return how many requests are left
    static int withdraw(Task<?> task, int request) {
        return task instanceof CancelRequests parallel
                ? parallel.withdraw(request)
                : task.uncancel();
    }

    /// Requests that this be cancelled.
    ///
    /// @param message goes with the [dev.treadle.CancelledError]
    /// @return the number of the request if it was left to the body; 0 if what the task awaits has
    ///   taken it, or -1 if the task has ended
    int requestCancel(@Nullable Object message);

    /// Withdraws a request, on the task's own thread.
    ///
    /// @param request what [#requestCancel(Object)] returned
    /// @return how many requests are left
    int withdraw(int request);
}
