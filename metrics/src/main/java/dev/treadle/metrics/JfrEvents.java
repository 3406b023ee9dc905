package dev.treadle.metrics;

import dev.treadle.LoopStatistics;
import java.util.Locale;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
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
    private static final EventType TIMER_LATE = EventType.getEventType(TimerLateEvent.class);
    private static final EventType SLOW_STEP = EventType.getEventType(SlowStepEvent.class);

    /// Timers that are less late are not told of, in nanoseconds.
    private static final long LEAST_LATE = 10_000_000;

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

    @Override
    public void timerLate(String loop, long lateNanos) {
        if (lateNanos < LEAST_LATE || !TIMER_LATE.isEnabled()) {
            return;
        }
        TimerLateEvent event = new TimerLateEvent();
        event.loop = loop;
        event.late = lateNanos;
        event.commit();
    }

    @Override
    public void unhandled(String loop, long count) {
        UnhandledEvent event = new UnhandledEvent();
        event.loop = loop;
        event.count = count;
        event.commit();
    }

    @Override
    public void loopClosed(String loop, LoopStatistics.Tasks tasks) {
        LoopClosedEvent event = new LoopClosedEvent();
        event.loop = loop;
        event.spawned = tasks.spawned();
        event.failed = tasks.failed();
        event.cancelled = tasks.cancelled();
        event.commit();
    }

    @Override
    public void addHook(Runnable hook) {
        FlightRecorder.addPeriodicEvent(LoopStatisticsEvent.class, hook);
    }

    @Override
    @SuppressWarnings("CheckReturnValue") // one that was not added is none either
    public void removeHook(Runnable hook) {
        FlightRecorder.removePeriodicEvent(hook);
    }

    @Override
    public void statistics(String loop, LoopSnapshot snapshot) {
        LoopStatisticsEvent event = new LoopStatisticsEvent();
        LoopStatistics statistics = snapshot.statistics();
        event.loop = loop;
        event.running = statistics.running();
        event.ready = statistics.queueDepth();
        for (LoopSnapshot.Watched watched : snapshot.watched()) {
            event.mostReady += watched.localDepthMax() + watched.injectedDepthMax();
            event.blocked = Math.max(event.blocked, watched.blockedNanos());
        }
        for (LoopStatistics.Worker worker : statistics.workers()) {
            event.busy += worker.busy().toNanos();
            event.idle += worker.idle().toNanos();
            event.steps += worker.steps();
        }
        event.spawned = statistics.tasks().spawned();
        event.live = statistics.tasks().live();
        event.pending = statistics.timers().pending();
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

    @Name("treadle.Unhandled")
    @Label("Unhandled")
    @Category("Treadle")
    @Description("Failures went to the exception handler, because nobody else wanted them")
    @StackTrace(false)
    private static final class UnhandledEvent extends Event {
        @Label("Loop")
        @Nullable String loop;

        @Label("Count")
        @Description("How many since the watchdog looked last")
        long count;
    }

    @Name("treadle.TimerLate")
    @Label("Timer Late")
    @Category("Treadle")
    @Description("A timer fired 10 ms late or more, of those that are measured: one in 64")
    @StackTrace(false)
    @Throttle("100/s")
    private static final class TimerLateEvent extends Event {
        @Label("Loop")
        @Nullable String loop;

        @Label("Late")
        @Timespan
        long late;
    }

    @Name("treadle.LoopClosed")
    @Label("Loop Closed")
    @Category("Treadle")
    @Description("A loop is closed, with what became of its tasks")
    @StackTrace(false)
    private static final class LoopClosedEvent extends Event {
        @Label("Loop")
        @Nullable String loop;

        @Label("Spawned")
        long spawned;

        @Label("Failed")
        long failed;

        @Label("Cancelled")
        @Description("Cancelled, or ended because the loop was closed")
        long cancelled;
    }

    @Name("treadle.LoopStatistics")
    @Label("Loop Statistics")
    @Category("Treadle")
    @Description("What a loop does, and has done since it was made")
    @StackTrace(false)
    @Period("1 s")
    private static final class LoopStatisticsEvent extends Event {
        @Label("Loop")
        @Nullable String loop;

        @Label("Running")
        boolean running;

        @Label("Ready")
        @Description("Callbacks and steps that are ready and have not begun")
        long ready;

        @Label("Most Ready")
        @Description("The most of the last minute, at the beginning of an iteration")
        long mostReady;

        @Label("Blocked")
        @Description("For how long the callback or step that runs has been seen running")
        @Timespan
        long blocked;

        @Label("Busy")
        @Description("Of all workers, since they are measured")
        @Timespan
        long busy;

        @Label("Idle")
        @Description("Of all workers, since they are measured")
        @Timespan
        long idle;

        @Label("Steps")
        long steps;

        @Label("Tasks Spawned")
        long spawned;

        @Label("Tasks Alive")
        long live;

        @Label("Timers Pending")
        long pending;
    }
}
