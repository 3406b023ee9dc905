package dev.treadle.metrics;

import java.util.Locale;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Throttle;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/// What is told to Java Flight Recorder.
///
/// Nothing is allocated on a loop for an event that no recording wants.
@SuppressWarnings("UnusedVariable") // Flight Recorder reads the fields of events
final class JfrEvents implements Events {
    private static final EventType BLOCKED = EventType.getEventType(LoopBlockedEvent.class);
    private static final EventType SLOW_STEP = EventType.getEventType(SlowStepEvent.class);

    @Override
    public void loopBound(String loop, String scheduler, String carriers, int workers) {
        LoopBoundEvent event = new LoopBoundEvent();
        event.loop = loop;
        event.scheduler = scheduler;
        event.carriers = carriers;
        event.workers = workers;
        event.commit();
    }

    @Override
    public @Nullable Blocked beginBlocked() {
        if (!BLOCKED.isEnabled()) {
            return null;
        }
        LoopBlockedEvent event = new LoopBlockedEvent();
        event.begin();
        return event;
    }

    @Override
    public @Nullable SlowStep beginSlowStep() {
        if (!SLOW_STEP.isEnabled()) {
            return null;
        }
        SlowStepEvent event = new SlowStepEvent();
        event.begin();
        return event;
    }

    @Override
    public void stalled(String loop, int worker, WorkerWatch.Stall stall, Standing standing) {
        LoopStallEvent event = new LoopStallEvent();
        if (event.isEnabled()) {
            event.loop = loop;
            event.worker = worker;
            event.cause = stall.cause().name().toLowerCase(Locale.ROOT);
            event.soFar = stall.nanos();
            event.running = standing.what();
            event.stack = standing.stack().strip();
            event.commit();
        }
    }

    @Override
    public void rejected(String loop, long count) {
        RejectedEvent event = new RejectedEvent();
        event.loop = loop;
        event.count = count;
        event.commit();
    }

    @Name("treadle.LoopBound")
    @Label("Loop Bound")
    @Category("Treadle")
    @Description("A loop is measured from now on")
    @StackTrace(false)
    private static final class LoopBoundEvent extends Event {
        @Label("Loop")
        @Nullable String loop;

        @Label("Scheduler")
        @Nullable String scheduler;

        @Label("Carriers")
        @Nullable String carriers;

        @Label("Workers")
        int workers;
    }

    @Name("treadle.LoopStall")
    @Label("Loop Stall")
    @Category("Treadle")
    @Description("A callback or step holds up its loop or carrier, and goes on")
    @StackTrace(false) // it would be the watchdog's
    @Throttle("10/s")
    private static final class LoopStallEvent extends Event {
        @Label("Loop")
        @Nullable String loop;

        @Label("Worker")
        int worker;

        @Label("Cause")
        @Description("code, or jvm if the whole JVM stood still")
        @Nullable String cause;

        @Label("So Far")
        @Description("How long it has been seen running")
        @Timespan
        long soFar;

        @Label("Running")
        @Description("What holds it up")
        @Nullable String running;

        @Label("Stack")
        @Description("Where it stands, innermost first")
        @Nullable String stack;
    }

    @Name("treadle.LoopBlocked")
    @Label("Loop Blocked")
    @Category("Treadle")
    @Description("A callback or step has held up its loop or carrier, seen by the watchdog")
    @StackTrace(false)
    @Threshold("100 ms")
    private static final class LoopBlockedEvent extends Event implements Blocked {
        @Label("Loop")
        @Nullable String loop;

        @Label("Worker")
        int worker;

        @Override
        public void end(String blocked, int number) {
            end();
            loop = blocked;
            worker = number;
            commit();
        }
    }

    @Name("treadle.SlowStep")
    @Label("Slow Step")
    @Category("Treadle")
    @Description("A step of a task that took long, of those that are measured: one in 64")
    @StackTrace(false)
    @Threshold("20 ms")
    private static final class SlowStepEvent extends Event implements SlowStep {
        @Label("Loop")
        @Nullable String loop;

        @Label("Worker")
        int worker;

        @Override
        public void end(String slow, int number) {
            end();
            loop = slow;
            worker = number;
            commit();
        }
    }

    @Name("treadle.Rejected")
    @Label("Rejected")
    @Category("Treadle")
    @Description("Callbacks, tasks or blocking work were refused")
    @StackTrace(false)
    private static final class RejectedEvent extends Event {
        @Label("Loop")
        @Nullable String loop;

        @Label("Count")
        @Description("How many since the watchdog looked last")
        long count;
    }
}
