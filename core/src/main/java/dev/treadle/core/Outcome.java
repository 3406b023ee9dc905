package dev.treadle.core;

import dev.treadle.CancelledError;
import java.lang.ref.Cleaner.Cleanable;
import org.jspecify.annotations.Nullable;

/// How a future ended, where that is not simply a value.
sealed interface Outcome {
    /// It succeeded with null.
    enum Null implements Outcome {
        VALUE
    }

    /// It failed.
    final class Failed implements Outcome {
        final Throwable exception;
        private volatile boolean retrieved; // any thread; only ever becomes true
        private volatile @Nullable Cleanable watch; // any thread; written once, before it is needed

        Failed(Throwable exception) {
            this.exception = exception;
        }

        boolean isRetrieved() {
            return retrieved;
        }

        /// Takes note that somebody knows of this, which then need not be watched any more.
        void retrieved() {
            if (!retrieved) {
                retrieved = true;
                endWatch();
            }
        }

        /// Has a watch ended as soon as somebody knows of this.
        void watchedBy(Cleanable newWatch) {
            watch = newWatch;
            if (retrieved) { // before it could end the watch
                endWatch();
            }
        }

        private void endWatch() {
            Cleanable current = watch;
            if (current != null) {
                current.clean();
            }
        }
    }

    /// It was cancelled.
    final class Cancelled implements Outcome {
        private final @Nullable Object message;
        // Loop thread only: what left the task's body, for the first who asks.
        private @Nullable CancelledError escaped;

        Cancelled(@Nullable Object message, @Nullable CancelledError escaped) {
            this.message = message;
            this.escaped = escaped;
        }

        /// Returns what to throw at who asks for the result: the first gets the error that left the
        /// body, the others one of their own, because a trace belongs to one throw.
        CancelledError error() {
            CancelledError first = escaped;
            escaped = null;
            return first != null ? first : new CancelledError(message);
        }
    }
}
