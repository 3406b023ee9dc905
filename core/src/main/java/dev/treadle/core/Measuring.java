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

    /// To measure a step costs some three readings of the clock and as much again: no more of the
    /// time than one in five hundred goes into it if so many nanoseconds pass from one to the next.
    private static final long SELDOM = 256_000;

    private static final int MOST_APART = 16 * LoopListener.SAMPLING;

    private final Clock clock;
    private final Listeners listeners;
    private final long since;

    private int apart = LoopListener.SAMPLING; // loop thread only: one in so many is to be chosen
    private int distance = apart; // loop thread only: how many from the last chosen to the next
    private int left = apart; // loop thread only: how many of them are still to come
    private int otherSteps; // any thread, plain: an increment that is lost delays a sample
    private int timers; // loop thread only
    private int passes; // loop thread only
    private int mostLocal; // loop thread only: of the passes since one was told of
    private int mostInjected; // loop thread only: likewise
    private boolean stepping; // loop thread only: a step that was chosen is under way
    private long began; // loop thread only: when it began, or the last one before it
    private int standsFor; // loop thread only: how many steps it stands for
    private @Nullable Sample spare; // loop thread only: so that sampling allocates nothing
    private int spares; // loop thread only

    Measuring(Clock clock, Listeners listeners) {
        this.clock = clock;
        this.listeners = listeners;
        this.since = clock.nanoTime();
        this.began = since;
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
        if (!held) {
            if ((++otherSteps & MASK) == 0) {
                choose(step, new Sample(this), LoopListener.SAMPLING);
            }
        } else if (--left == 0) {
            choose(step, takeSpare(), distance);
            distance = apart;
            left = apart;
        }
    }

    private void choose(TaskStep step, Sample sample, int standsFor) {
        sample.standsFor = standsFor;
        sample.readyAt = now();
        step.sample = sample;
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
                long before = began;
                began = begin(0, sample);
                standsFor = sample.standsFor;
                stepping = true;
                giveBack(sample);
                adapt(began - before);
            }
        }
    }

    /// Chooses fewer steps where they follow each other so fast that to measure them takes a part
    /// of the time that counts, and more again, at once, when they no longer do.
    private void adapt(long sinceTheLast) {
        if (sinceTheLast < SELDOM) {
            apart = Math.min(2 * apart, MOST_APART);
            return;
        }
        for (long time = sinceTheLast; time >= 2 * SELDOM; time /= 2) {
            apart = Math.max(apart / 2, LoopListener.SAMPLING);
        }
        if (left > apart) {
            distance -= left - apart;
            left = apart;
        }
    }

    /// Takes note that no step is running any more.
    void ends() {
        if (stepping) {
            stepping = false;
            ended(0, began, standsFor);
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
        listeners.stepBegins(worker, now - sample.readyAt, sample.standsFor);
        return now;
    }

    /// Tells of a step that has ended.
    void ended(int worker, long beganAt, int stood) {
        listeners.stepEnded(worker, now() - beganAt, stood);
    }

    // ---- all else

    /// Told by the holder of the turn, who begins many a pass that has little to do.
    void passBegins(int local, int injected) {
        if ((++passes & MASK) == 0) {
            mostLocal = local;
            mostInjected = injected;
            iterationBegins(0, local, injected);
        } else if (local > mostLocal || injected > mostInjected) {
            mostLocal = Math.max(local, mostLocal);
            mostInjected = Math.max(injected, mostInjected);
            iterationBegins(0, local, injected);
        }
    }

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
