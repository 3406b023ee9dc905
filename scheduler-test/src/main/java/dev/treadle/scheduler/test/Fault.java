package dev.treadle.scheduler.test;

/// What can go wrong around the code under test.
///
/// The first four are *enumerated*: every await of the [subject][Simulation#subject] meets the
/// fault in a run of its own. The others are *drawn*: they may happen wherever they can, in every
/// run, except under [Strategy#FIFO].
public enum Fault {
    /// The subject is cancelled: before it suspends, while it is suspended, and after what it
    /// waited for has happened but before it goes on.
    CANCEL(true),
    /// What is awaited throws an [InjectedFault].
    EXCEPTION(true),
    /// What is awaited throws a [dev.treadle.TimeoutError].
    TIMEOUT(true),
    /// The loop is closed while the subject is suspended.
    CLOSE(true),
    /// The idle loop wakes up for no reason and before its time.
    SPURIOUS_WAKEUP(false),
    /// The clock jumps an hour ahead.
    CLOCK_JUMP(false),
    /// The pool takes no blocking work.
    REFUSED_OFFLOAD(false);

    private final boolean enumerated;

    Fault(boolean enumerated) {
        this.enumerated = enumerated;
    }

    boolean isEnumerated() {
        return enumerated;
    }
}
