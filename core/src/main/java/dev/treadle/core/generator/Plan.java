package dev.treadle.core.generator;

import dev.treadle.spi.Resumable;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// What runs the bodies of one class.
sealed interface Plan {

    /// A state machine does.
    ///
    /// @param factory takes a body, as an `Object`, and returns a run of it, which can be resumed
    /// @param guarded whether a body that waits at a `yield` would notice being closed
    /// @param subject what the factory takes instead of the body, if that is a method of this
    ///   object
    record Compiled(MethodHandle factory, boolean guarded, @Nullable Object subject)
            implements Plan {

        /// The same for a body that is a method of an object.
        Compiled on(Object receiver) {
            return new Compiled(factory, guarded, receiver);
        }

        Resumable start(Object body) {
            try {
                return (Resumable) factory.invokeExact(subject == null ? body : subject);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new AssertionError("copying the values that a lambda captured failed", e);
            }
        }
    }

    /// A thread of its own does, because its bytecode could not be compiled.
    ///
    /// @param reason why not
    record Stackful(String reason) implements Plan {}
}
