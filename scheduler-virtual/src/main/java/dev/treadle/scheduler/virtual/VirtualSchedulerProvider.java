package dev.treadle.scheduler.virtual;

import com.google.auto.service.AutoService;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.core.CoreEventLoop;
import dev.treadle.core.JdkCarriers;
import dev.treadle.core.LoopNames;
import dev.treadle.core.Ports;
import dev.treadle.spi.SchedulerProvider;

/// Makes loops whose tasks have a virtual thread each.
///
/// Cancelling a task that is in a step, and not suspended in an `await()`, interrupts its thread,
/// so that a blocking call of the JDK ends with `InterruptedException`. Where that leaves an
/// awaited coroutine, a time limit, a task group or the task, it becomes `CancelledError`; if the
/// body catches it, its next `await()` throws `CancelledError`. An interrupt by anybody else is no
/// cancellation: the flag stays as it is.
///
/// The system property `treadle.virtual.running` limits how many tasks of a loop are in a step at
/// once, those that block included; others wait until one suspends or ends. Without it there is no
/// limit. It is looked at whenever a loop is made.
@AutoService(SchedulerProvider.class)
public final class VirtualSchedulerProvider implements SchedulerProvider {
    static final String RUNNING = "treadle.virtual.running";

    private static final LoopNames NAMES = new LoopNames();

    /// Called by `ServiceLoader`.
    public VirtualSchedulerProvider() {}

    @Override
    public String name() {
        return "virtual";
    }

    @Override
    public EventLoop newLoop(LoopConfig config) {
        String name = NAMES.next(config);
        JdkCarriers carriers = new JdkCarriers("virtual", mostRunning());
        return new CoreEventLoop(
                name, name(), Ports.ofSystem(carriers, LoopNames.threads(name(), name)), carriers);
    }

    private static int mostRunning() {
        String given = System.getProperty(RUNNING);
        if (given == null) {
            return Integer.MAX_VALUE;
        }
        try {
            int limit = Integer.parseInt(given.strip());
            if (limit > 0) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // said below, as what is no positive number
        }
        throw new IllegalArgumentException(
                "-D"
                        + RUNNING
                        + "="
                        + given
                        + ": give how many tasks of a loop may be in a step at once, at least 1,"
                        + " or leave it out for no limit");
    }
}
