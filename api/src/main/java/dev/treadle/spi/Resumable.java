package dev.treadle.spi;

import org.jspecify.annotations.Nullable;

/// A run of a body that stands at its beginning or at a suspension, and goes on from there when it
/// is resumed.
///
/// Who compiles bodies makes subclasses of it, each in the package and by the loader of the body's
/// own class, so it has to be seen from there. It is a class, and no interface, because it costs
/// less to call where runs of several bodies meet.
public abstract class Resumable {
    /// For subclasses.
    protected Resumable() {}

    /// Runs the body up to its next suspension or its end.
    ///
    /// Called by one thread at a time, each call *happening-before* the next.
    ///
    /// @param sent the result of what it is suspended in; null at its beginning
    /// @param raised what is thrown from there instead; null for nothing
    /// @return what it is suspended for, or how it ended: whoever resumes it knows
    /// @throws Throwable what leaves the body
    public abstract @Nullable Object resume(@Nullable Object sent, @Nullable Throwable raised)
            throws Throwable;
}
