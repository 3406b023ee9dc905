package dev.treadle.core.weaver;

import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// What became of a method.
public sealed interface Weaving {

    /// It has been compiled.
    ///
    /// @param factory takes what the method takes, its object first and without the token, and
    ///   returns a run of it, a [dev.treadle.spi.Resumable], whose result is what the next
    ///   suspension or the end made of its operand. It throws what the method throws, checked
    ///   exceptions included. The first resumption is sent nothing
    /// @param guarded whether a suspension stands where an `Error` that is thrown in could be
    ///   noticed
    record Woven(MethodHandle factory, boolean guarded) implements Weaving {}

    /// It has not.
    ///
    /// @param reason why
    /// @param file the source file, if that is known
    /// @param line where; 0 if it is not about a line
    record Refused(String reason, @Nullable String file, int line) implements Weaving {
        @Override
        public String toString() {
            if (file == null) {
                return reason;
            }
            return line == 0 ? reason + " (" + file + ")" : reason + " (" + file + ":" + line + ")";
        }
    }
}
