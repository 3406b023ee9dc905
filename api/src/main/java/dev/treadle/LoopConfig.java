package dev.treadle;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How a loop is made.
///
/// ```java
/// EventLoop loop = EventLoop.create(LoopConfig.defaults().withName("crawler"));
/// ```
///
/// @param name shown in logs, thread names and meters; null for `loop-` and a number
/// @param scheduler the [name][dev.treadle.spi.SchedulerProvider#name] of the scheduler to use;
///   null for the system property `treadle.scheduler`, or the only one that is there
/// @param debug whether the loop begins in [debug mode][EventLoop#debug(boolean)]; null for the
///   system property `treadle.debug`, which switches it on if it is set and not `false`
public record LoopConfig(
        @Nullable String name, @Nullable String scheduler, @Nullable Boolean debug) {

    private static final LoopConfig DEFAULTS = new LoopConfig(null, null, null);

    /// {@return a numbered name, the only scheduler on the class path, and debug mode if the system
    /// property says so}
    public static LoopConfig defaults() {
        return DEFAULTS;
    }

    /// {@return a copy of this with another loop name}
    ///
    /// @param name shown in logs, thread names and meters
    public LoopConfig withName(String name) {
        return new LoopConfig(Objects.requireNonNull(name, "name"), scheduler, debug);
    }

    /// {@return a copy of this with another scheduler}
    ///
    /// @param scheduler the name of the scheduler to use, for instance `single`
    public LoopConfig withScheduler(String scheduler) {
        return new LoopConfig(name, Objects.requireNonNull(scheduler, "scheduler"), debug);
    }

    /// {@return a copy of this whose loop begins in debug mode, or does not, whatever the system
    /// property says}
    ///
    /// @param on whether to begin in [debug mode][EventLoop#debug(boolean)]
    public LoopConfig withDebug(boolean on) {
        return new LoopConfig(name, scheduler, on);
    }
}
