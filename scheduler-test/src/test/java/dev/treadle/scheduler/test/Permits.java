package dev.treadle.scheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.EventLoop;
import dev.treadle.Promise;
import dev.treadle.Task;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.NullUnmarked;

/// Bugs of a semaphore.
@NullUnmarked
final class Permits {
    private final EventLoop loop;
    private final boolean forgetsToHandOn;
    private final Deque<Promise<Void>> waiters = new ArrayDeque<>();
    private int permits = 1;

    private Permits(EventLoop loop, boolean forgetsToHandOn) {
        this.loop = loop;
        this.forgetsToHandOn = forgetsToHandOn;
    }

    private void acquire() {
        if (permits > 0 && waiters.isEmpty()) {
            permits--;
            return;
        }
        Promise<Void> promise = loop.createPromise();
        waiters.add(promise);
        try {
            promise.await(); // who completes it has given us the permit
        } catch (CancelledError e) {
            if (promise.isCancelled()) {
                waiters.remove(promise);
            } else if (!forgetsToHandOn) {
                release(); // it is ours already
            }
            throw e;
        }
    }

    private void release() {
        for (Promise<Void> next = waiters.poll(); next != null; next = waiters.poll()) {
            if (next.tryComplete(null)) {
                return;
            }
        }
        permits++;
    }

    /// A waiter that is cancelled when it has got the permit, and has not gone on, keeps it.
    static void cancelledWaiter(Simulation simulation, boolean broken) {
        Permits permits = new Permits(simulation.loop(), broken);
        permits.acquire();
        Task<?> first = Async.createTask(() -> takeTurn(permits));
        Task<?> second = Async.createTask(() -> takeTurn(permits));
        Task<?> impatient =
                Async.createTask(() -> {
                    Async.yieldNow().await();
                    first.cancel();
                });
        Async.yieldNow().await();
        permits.release();
        Async.wait(java.util.List.of(first, second, impatient)).await();
        assertThat(permits.permits).isEqualTo(1);
    }

    private static void takeTurn(Permits permits) {
        permits.acquire();
        try {
            Async.yieldNow().await();
        } finally {
            permits.release();
        }
    }

    /// Who is cancelled while he holds the permit gives it back twice.
    static void givenBackTwice(Simulation simulation, boolean broken) {
        Permits permits = new Permits(simulation.loop(), false);
        int[] inside = {0};
        Task<?> cancelled = Async.createTask(() -> work(permits, inside, broken));
        Task<?> other = Async.createTask(() -> work(permits, inside, broken));
        Task<?> another = Async.createTask(() -> work(permits, inside, broken));
        Async.yieldNow().await();
        cancelled.cancel();
        Async.gather(other, another).await();
        Async.wait(java.util.List.of(cancelled)).await();
        assertThat(permits.permits).isEqualTo(1);
    }

    private static void work(Permits permits, int[] inside, boolean broken) {
        permits.acquire();
        try {
            inside[0]++;
            assertThat(inside[0]).isEqualTo(1);
            Async.yieldNow().await();
        } catch (CancelledError e) {
            if (broken) {
                permits.release();
            }
            throw e;
        } finally {
            inside[0]--;
            permits.release();
        }
    }
}
