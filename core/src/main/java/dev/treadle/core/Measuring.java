package dev.treadle.core;

import dev.treadle.spi.LoopListener;
import org.jspecify.annotations.Nullable;

/// What a loop measures while it has listeners, and only then.
///
/// A step that is chosen carries a [Sample] from the moment in which it becomes ready. So the
/// others cost a look at a field, and no clock is read for them.
final class Measuring {
    private static final int MASK = LoopListener.SAMPLING - 1;
    private static final int MOST_SPARE = 256;

    private final Clock clock;
    private final Listeners listeners;
    private final long since;

    private int ownSteps; // loop thread only
    private int otherSteps; // any thread, plain: an increment that is lost delays a sample
    private int timers; // loop thread only
    private boolean stepping; // loop thread only: a step that was chosen is under way
    private long began; // loop thread only: when it began
    private @Nullable Sample spare; // loop thread only: so that sampling allocates nothing
    private int spares; // loop thread only

    Measuring(Clock clock, Listeners listeners) {
        this.clock = clock;
        this.listeners = listeners;
        this.since = clock.nanoTime();
    }

    long now() {
        return clock.nanoTime();
    }

    /// Since when there is somebody who listens.
    long since() {
        return since;
    }

    // ---- steps, told by the holder of the turn

    /// Takes note that a step becomes ready, by the holder of the turn or by another thread.
    void becomesReady(TaskStep step, boolean held) {
        if (held ? (++ownSteps & MASK) == 0 : (++otherSteps & MASK) == 0) {
            Sample sample = held ? takeSpare() : new Sample(this);
            sample.readyAt = now();
            step.sample = sample;
        }
    }

    private Sample takeSpare() {
        Sample sample = spare;
        if (sample == null) {
            return new Sample(this);
        }
        spare = sample.next;
        spares--;
        return sample;
    }

    private void giveBack(Sample sample) {
        if (spares < MOST_SPARE) {
            sample.next = spare;
            spare = sample;
            spares++;
        }
    }

    /// Takes note that an entry is about to run.
    void begins(ReadyEntry entry) {
        if (entry instanceof TaskStep step) {
            Sample sample = take(step);
            if (sample != null) {
                began = begin(0, sample);
                stepping = true;
                giveBack(sample);
            }
        }
    }

    /// Takes note that no step is running any more.
    void ends() {
        if (stepping) {
            stepping = false;
            ended(0, began);
        }
    }

    // ---- steps, told by any thread

    /// Takes the stamp of a step that is about to run; null if it was not chosen, or for those
    /// alone who listened before.
    @Nullable Sample take(TaskStep step) {
        Sample sample = step.sample;
        if (sample == null) {
            return null;
        }
        step.sample = null;
        return sample.measuring == this ? sample : null;
    }

    /// Tells of a step that begins; returns when.
    long begin(int worker, Sample sample) {
        long now = now();
        listeners.stepBegins(worker, now - sample.readyAt);
        return now;
    }

    /// Tells of a step that has ended.
    void ended(int worker, long beganAt) {
        listeners.stepEnded(worker, now() - beganAt);
    }

    // ---- all else

    /// Told by who runs the worker.
    void iterationBegins(int worker, int local, int injected) {
        listeners.iterationBegins(worker, local, injected);
    }

    /// Told by the holder of the turn.
    void timerFires(long due) {
        if ((++timers & MASK) == 0) {
            listeners.timerFires(0, now() - due);
        }
    }

    /// Called on the thread that did the work.
    void offloadEnded(long beganAt) {
        listeners.offloadEnded(now() - beganAt);
    }
}
