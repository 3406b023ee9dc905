package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Task;
import dev.treadle.sync.Event;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class EventTest extends OnVirtualLoop {

    private final Event event = new Event();

    private Task<?> waiter(String name) {
        return Async.createTask(() -> {
            event.await().await();
            say(name);
        });
    }

    @Tag("confined")
    @Test
    @Behaviour("EVT-01")
    void settingLetsANewcomerPassFirstAndThenTheWaitersInOrder() {
        run(() -> {
            waiter("first");
            waiter("second");
            yieldNow();
            waiter("newcomer");
            event.set();
            assertThat(log).isEmpty();
            yieldNow();
        });

        assertThat(log).containsExactly("newcomer", "first", "second");
    }

    @Test
    @Behaviour("EVT-03")
    void waitingForASetEventDoesNotSuspend() {
        event.set();

        run(() -> {
            loop.callSoon(saying("callback"));
            event.await().await();
            say("passed");
            yieldNow();
        });

        assertThat(log).containsExactly("passed", "callback");
    }

    @Tag("confined")
    @Test
    @Behaviour("EVT-03")
    void aCancelledWaiterLeavesTheLine() {
        run(() -> {
            Task<?> cancelled = waiter("cancelled");
            waiter("other");
            yieldNow();
            cancelled.cancel();
            assertThat(failureOf(cancelled)).isInstanceOf(CancelledError.class);
            assertThat(event.toString()).contains("waiters=1");
            event.set();
            yieldNow();
        });

        assertThat(log).containsExactly("other");
    }

    @Tag("confined")
    @Test
    void whoWaitsPassesEvenIfItIsClearedAtOnce() {
        run(() -> {
            waiter("waiting");
            yieldNow();
            event.set();
            event.clear();
            Task<?> late = waiter("late");
            yieldTimes(3);
            assertThat(event.isSet()).isFalse();
            late.cancel();
        });

        assertThat(log).containsExactly("waiting");
    }

    @Test
    void settingTwiceChangesNothing() {
        run(() -> {
            waiter("waiting");
            settle();
            event.set();
            event.set();
            settle();
        });

        assertThat(log).containsExactly("waiting");
        assertThat(event.isSet()).isTrue();
    }

    @Test
    void clearingMakesLaterOnesWait() {
        event.set();
        event.clear();

        run(() -> {
            Task<?> waiting = waiter("waiting");
            yieldTimes(3);
            assertThat(waiting.isDone()).isFalse();
            event.set();
            waiting.await();
        });
    }
}
