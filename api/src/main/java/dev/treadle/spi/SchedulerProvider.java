package dev.treadle.spi;

import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;

/// Makes loops: what an artifact provides to be a scheduler.
///
/// Found by `ServiceLoader`, so an implementation is public with a public no-argument constructor,
/// named both in `META-INF/services` for the class path and by `provides` in its module descriptor.
public interface SchedulerProvider {

    /// {@return the name by which applications choose it, lower case, for instance `single`}
    /// Constant.
    String name();

    /// {@return whether this is not meant to be picked while another is there} Constant.
    ///
    /// Such a scheduler is used when it is asked for by name, when it is bound by [SchedulerScope],
    /// or when there is no other. [Observers][LoopObserver] are not told of its loops.
    default boolean standsBack() {
        return false;
    }

    /// Makes a loop that does not run yet.
    ///
    /// Called by [EventLoop#create] on the caller's thread.
    ///
    /// @param config what the application asked for
    /// @return a new loop
    EventLoop newLoop(LoopConfig config);
}
