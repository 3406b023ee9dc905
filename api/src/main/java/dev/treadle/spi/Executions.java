package dev.treadle.spi;

import dev.treadle.Context;
import dev.treadle.EventLoop;
import dev.treadle.Task;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How an execution is bound to a thread, and the two kinds that need no loop.
final class Executions {
    private static final ScopedValue<Execution> CURRENT = ScopedValue.newInstance();
    private static final Execution NONE = new Plain(null, null);

    // Any thread; only ever becomes true. A thread that runs in parallel has set it itself, or has
    // it from who started it; what others see does not matter to them.
    private static boolean parallelBound;

    private Executions() {}

    static boolean runsInParallel() {
        return parallelBound && current().isParallel();
    }

    static Execution current() {
        Execution bound = CURRENT.orElse(NONE);
        // A forked thread of a StructuredTaskScope inherits the binding, but not the right to
        // suspend the task.
        return bound.thread() == Thread.currentThread() ? bound : NONE;
    }

    static <T extends @Nullable Object, X extends Throwable> T call(
            Execution execution, ScopedValue.CallableOp<? extends T, X> action) throws X {
        if (execution.isParallel()) {
            parallelBound = true;
        }
        return ScopedValue.where(CURRENT, execution).call(action);
    }

    /// A thread without a loop, in a context or in none.
    private record Plain(@Nullable Thread thread, @Nullable Context context) implements Execution {

        @Override
        public @Nullable EventLoop loop() {
            return null;
        }

        @Override
        public @Nullable Task<?> task() {
            return null;
        }

        @Override
        public <T extends @Nullable Object, X extends Throwable> T callIn(
                Context other, ScopedValue.CallableOp<? extends T, X> action) throws X {
            return Executions.call(new Plain(Thread.currentThread(), other), action);
        }

        @Override
        public <T extends @Nullable Object> T onTaskStack(Supplier<T> action) {
            return action.get();
        }
    }
}
