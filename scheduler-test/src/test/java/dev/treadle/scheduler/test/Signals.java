package dev.treadle.scheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.EventLoop;
import dev.treadle.Promise;
import dev.treadle.Task;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.NullUnmarked;

/// Bugs of those who tell one another that something has happened.
@NullUnmarked
final class Signals {
    private Signals() {}

    /// Looks whether something has happened, and awaits something else before it starts to wait.
    static void checkThenWait(Simulation simulation, boolean broken) {
        boolean[] happened = {false};
        Promise<Void>[] waiter = newArray();
        Task<?> waiting =
                Async.createTask(() -> {
                    if (!happened[0]) {
                        if (broken) {
                            Async.yieldNow().await();
                        }
                        waiter[0] = simulation.loop().createPromise();
                        waiter[0].await();
                    }
                });
        Task<?> signalling =
                Async.createTask(() -> {
                    Async.yieldNow().await();
                    happened[0] = true;
                    if (waiter[0] != null) {
                        waiter[0].complete(null);
                    }
                });
        Async.gather(waiting, signalling).await();
    }

    /// A room for one item, at whose only door putters and getters wait: waking one of them may
    /// wake the wrong one.
    static void wrongOneWoken(Simulation simulation, boolean broken) {
        Room room = new Room(simulation.loop(), broken);
        Async.gather(
                        Async.createTask(room::get),
                        Async.createTask(room::get),
                        Async.createTask(room::put),
                        Async.createTask(room::put))
                .await();
    }

    private static final class Room {
        private final EventLoop loop;
        private final boolean broken;
        private final Deque<Promise<Void>> atTheDoor = new ArrayDeque<>();
        private boolean full;

        Room(EventLoop loop, boolean broken) {
            this.loop = loop;
            this.broken = broken;
        }

        void put() {
            while (full) {
                waitAtTheDoor();
            }
            full = true;
            knock();
        }

        void get() {
            while (!full) {
                waitAtTheDoor();
            }
            full = false;
            knock();
        }

        private void waitAtTheDoor() {
            Promise<Void> promise = loop.createPromise();
            atTheDoor.add(promise);
            promise.await();
        }

        private void knock() {
            do {
                Promise<Void> promise = atTheDoor.poll();
                if (promise != null) {
                    promise.complete(null);
                }
            } while (!broken && !atTheDoor.isEmpty());
        }
    }

    /// A condition that wakes whoever came last: who waits for longest may wait for ever.
    static void newestFirst(Simulation simulation, boolean broken) {
        Deque<Promise<Void>> waiters = new ArrayDeque<>();
        StringBuilder arrived = new StringBuilder();
        StringBuilder served = new StringBuilder();
        Task<?>[] customers = new Task<?>[3];
        for (int i = 0; i < customers.length; i++) {
            char name = (char) ('a' + i);
            Duration arrival = Duration.ofMillis(simulation.choose(2));
            customers[i] =
                    Async.createTask(() -> {
                        Async.sleep(arrival).await();
                        arrived.append(name);
                        Promise<Void> turn = simulation.loop().createPromise();
                        waiters.add(turn);
                        turn.await();
                        served.append(name);
                    });
        }
        for (int i = 0; i < customers.length; i++) {
            Async.sleep(Duration.ofMillis(1)).await();
            simulation.idle().await();
            Promise<Void> next = broken ? waiters.pollLast() : waiters.poll();
            next.complete(null);
            simulation.idle().await();
        }
        Async.gather(customers[0], customers[1], customers[2]).await();
        assertThat(served).hasToString(arrived.toString());
    }

    /// The result and the one who gives up waiting complete the same promise.
    static void completedTwice(Simulation simulation, boolean broken) {
        Promise<String> answer = simulation.loop().createPromise();
        Task<?> replying =
                Async.createTask(() -> {
                    Async.sleep(Duration.ofMillis(simulation.choose(3))).await();
                    if (broken) {
                        answer.complete("result");
                    } else {
                        answer.tryComplete("result");
                    }
                });
        Task<?> givingUp =
                Async.createTask(() -> {
                    Async.sleep(Duration.ofMillis(1)).await();
                    if (!answer.isDone()) {
                        Async.yieldNow().await();
                        answer.tryComplete("none");
                    }
                });
        assertThat(answer.await()).isIn("result", "none");
        Async.gather(replying, givingUp).await();
    }

    /// Each lets the other go first as long as that one wants to: for ever, if both began at once.
    static void afterYou(Simulation simulation, boolean broken) {
        boolean[] wants = {false, false};
        Async.gather(
                        Async.createTask(() -> pass(wants, 0, broken)),
                        Async.createTask(() -> pass(wants, 1, broken)))
                .await();
    }

    private static void pass(boolean[] wants, int me, boolean broken) {
        wants[me] = true;
        Async.yieldNow().await();
        while (wants[1 - me]) {
            if (!broken && me == 0) {
                break; // one of them does not give way
            }
            Async.yieldNow().await();
        }
        wants[me] = false;
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // an empty one, just for its type
    private static Promise<Void>[] newArray(Promise<Void>... none) {
        return java.util.Arrays.copyOf(none, 1);
    }
}
