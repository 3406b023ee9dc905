package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.Handle;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// T1, timers.
abstract class TimerRules extends Rules {

    TimerRules(SchedulerTck tck) {
        super(tck);
    }

    @Test
    @Requirement("T1.1")
    void aTimerNeverFiresEarlyAndAnIdleLoopWakesForIt() {
        AtomicLong fired = new AtomicLong();
        long due = loop.time() + Duration.ofMillis(30).toNanos();
        loop.callAt(
                due,
                () -> {
                    fired.set(loop.time());
                    loop.stop();
                });

        runUntilStopped();

        assertThat(fired.get() - due).as("nanoseconds from due to fired").isNotNegative();
    }

    @Test
    @Requirement("T1.2")
    void timersFireByDueTimeAndEqualOnesAsTheyWereArmed() {
        long now = loop.time();
        loop.callAt(now + 2, saying("later"));
        loop.callAt(now + 1, saying("first of two"));
        loop.callAt(now + 1, saying("second of two"));
        loop.callAt(now, saying("soonest"));
        loop.callAt(now + Duration.ofMillis(1).toNanos(), loop::stop);

        runUntilStopped();

        assertThat(said())
                .as("timers in the order in which they fired")
                .containsExactly("soonest", "first of two", "second of two", "later");
    }

    @Test
    @Requirement("T1.3")
    void aCancelledTimerDoesNotFire() {
        Handle timer = loop.callLater(Duration.ofMillis(1), saying("cancelled"));
        loop.callLater(Duration.ofMillis(3), loop::stop);

        timer.cancel();
        runUntilStopped();

        assertThat(said()).as("what fired").isEmpty();
        assertThat(timer.isCancelled()).as("isCancelled of the cancelled timer").isTrue();
    }

    @Test
    @Requirement("T1.4")
    void aTimerThatIsDueAlreadyFiresSoonButNotInsideTheCall() {
        run(() -> {
            AtomicReference<@Nullable Thread> arming =
                    new AtomicReference<>(Thread.currentThread());
            AtomicBoolean inside = new AtomicBoolean();
            CountDownLatch fired = new CountDownLatch(1);
            loop.callAt(
                    loop.time() - 1,
                    () -> {
                        inside.set(arming.get() == Thread.currentThread());
                        fired.countDown();
                    });
            arming.set(null);
            long deadline = endOfPatience();
            while (fired.getCount() > 0 && System.nanoTime() < deadline) {
                Async.yieldNow().await();
            }
            assertThat(fired.getCount()).as("timers that were due and have not fired").isZero();
            assertThat(inside.get()).as("whether callAt ran its callback itself").isFalse();
        });
    }

    @Test
    @Requirement("T1.6")
    void aTimerTellsWhenItIsDue() {
        long due = loop.time() + Duration.ofHours(1).toNanos();

        Handle timer = loop.callAt(due, () -> {});
        Handle callback = loop.callSoon(() -> {});

        assertThat(timer.when()).as("when() of a timer").hasValue(due);
        assertThat(callback.when()).as("when() of what is no timer").isEmpty();
    }
}
