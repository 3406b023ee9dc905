package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.Task;
import dev.treadle.sync.Barrier;
import dev.treadle.sync.BrokenBarrierError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NullUnmarked
class BarrierTest extends OnVirtualLoop {
    private static final int PARTIES = 5;

    private final Barrier barrier = new Barrier(PARTIES);

    private static List<Task<?>> tasks(int count, Coroutine.Action action) {
        List<Task<?>> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tasks.add(Async.createTask(action));
        }
        return tasks;
    }

    private static void awaitAll(List<Task<?>> tasks) {
        tasks.forEach(Task::await);
    }

    private void inParties(Coroutine.Action action) {
        run(() -> awaitAll(tasks(PARTIES, action)));
    }

    private static List<Integer> indexes(int parties) {
        return IntStream.range(0, parties).boxed().toList();
    }

    private void assertAtRest(Barrier atRest) {
        assertThat(atRest.waiting()).isZero();
        assertThat(atRest.isBroken()).isFalse();
        assertThat(atRest.toString())
                .isEqualTo("Barrier[filling, waiting=0 of " + atRest.parties() + "]");
    }

    @Nested
    class Filling {

        @ParameterizedTest
        @ValueSource(ints = {0, -4})
        @Behaviour("BAR-01")
        void needsAtLeastOneParty(int parties) {
            assertThatThrownBy(() -> new Barrier(parties))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(String.valueOf(parties));
        }

        @Tag("confined")
        @Test
        void byOneTaskDoesNotSuspend() {
            Barrier one = new Barrier(1);

            run(() -> {
                loop.callSoon(saying("callback"));
                assertThat(one.await().await()).isZero();
                assertThat(one.await().await()).isZero();
                say("passed");
                yieldNow();
            });

            assertThat(log).containsExactly("passed", "callback");
            assertAtRest(one);
        }

        @Tag("confined")
        @Test
        void taskByTaskCountsThem() {
            Barrier three = new Barrier(3);

            run(() -> {
                Task<?> first = Async.createTask(three.await());
                yieldNow();
                assertThat(three.waiting()).isEqualTo(1);
                Task<?> second = Async.createTask(three.await());
                yieldNow();
                assertThat(three.waiting()).isEqualTo(2);
                assertThat(three.toString()).isEqualTo("Barrier[filling, waiting=2 of 3]");
                Task<?> third = Async.createTask(three.await());
                awaitAll(List.of(first, second, third));
            });

            assertAtRest(three);
        }

        @Test
        @Behaviour("BAR-01")
        void letsAllThroughTogetherWithAnIndexEach() {
            List<Integer> seen = new ArrayList<>();

            run(() -> {
                List<Task<?>> early = tasks(PARTIES - 1, () -> seen.add(barrier.await().await()));
                yieldTimes(10);
                assertThat(seen).isEmpty();
                seen.add(barrier.await().await());
                awaitAll(early);
            });

            assertThat(seen.getFirst()).isEqualTo(PARTIES - 1);
            Collections.sort(seen);
            assertThat(seen).isEqualTo(indexes(PARTIES));
            assertAtRest(barrier);
        }

        @Test
        @Behaviour("BAR-01")
        void againAtOnceIsTheNextRound() {
            List<Integer> first = new ArrayList<>();
            List<Integer> second = new ArrayList<>();

            inParties(() -> {
                first.add(barrier.await().await());
                second.add(barrier.await().await());
            });

            Collections.sort(first);
            Collections.sort(second);
            assertThat(first).isEqualTo(indexes(PARTIES));
            assertThat(second).isEqualTo(indexes(PARTIES));
            assertAtRest(barrier);
        }

        @Tag("confined")
        @Test
        @Behaviour("BAR-02")
        void goesOnWithOneLessWhenOneIsCancelled() {
            Barrier three = new Barrier(3);

            run(() -> {
                Task<?> first = Async.createTask(three.await());
                yieldNow();
                Task<?> second = Async.createTask(three.await());
                yieldNow();
                first.cancel();
                yieldNow();
                assertThat(three.waiting()).isEqualTo(1);
                assertThat(failureOf(first)).isInstanceOf(CancelledError.class);
                Task<?> third = Async.createTask(three.await());
                yieldNow();
                assertThat(three.waiting()).isEqualTo(2);
                awaitAll(List.of(second, third, Async.createTask(three.await())));
            });

            assertAtRest(three);
        }
    }

    @Nested
    class Draining {

        @Test
        void lastsUntilTheLastHasLeft() {
            List<Boolean> draining = new ArrayList<>();

            inParties(() -> {
                barrier.await().await();
                draining.add(barrier.toString().contains("draining"));
            });

            assertThat(draining).containsExactly(true, true, true, true, false);
            assertAtRest(barrier);
        }

        @Test
        @Behaviour("BAR-03")
        void blocksWhoArrivesUntilItEnds() {
            int[] again = {2};
            Barrier others = new Barrier(PARTIES - 2);

            inParties(() -> {
                barrier.await().await();
                if (again[0] > 0) {
                    again[0]--;
                    barrier.await().await();
                } else {
                    others.await().await();
                    barrier.await().await();
                }
            });

            assertAtRest(barrier);
            assertAtRest(others);
        }

        @Tag("confined")
        @Test
        @Behaviour("BAR-03")
        void newcomersDoNotCount() {
            run(() -> {
                List<Task<?>> round = tasks(PARTIES, () -> barrier.await().await());
                List<Task<?>> next = tasks(2, () -> barrier.await().await());
                yieldNow(); // the round is complete, and nobody has left; the next ones are there
                assertThat(barrier.toString()).contains("draining");
                assertThat(barrier.waiting()).isZero();
                awaitAll(round);
                yieldTimes(5);
                assertThat(barrier.waiting()).isEqualTo(2);
                next.forEach(Task::cancel);
            });
        }
    }

    @Nested
    class Reset {

        @Test
        void withNobodyWaitingChangesNothing() {
            run(() -> barrier.reset().await());

            assertAtRest(barrier);
        }

        @Tag("confined")
        @Test
        @Behaviour("BAR-03")
        void tellsThoseWhoWaitAndLeavesItUsable() {
            run(() -> {
                List<Task<?>> waiting = tasks(PARTIES - 1, () -> barrier.await().await());
                yieldNow();
                Async.createTask(barrier.reset());
                for (Task<?> task : waiting) {
                    assertThat(failureOf(task))
                            .isInstanceOf(BrokenBarrierError.class)
                            .hasMessageContaining("reset");
                }
                assertAtRest(barrier);
                awaitAll(tasks(PARTIES, () -> barrier.await().await()));
            });

            assertAtRest(barrier);
        }

        @Test
        void ofThoseHalfOutTellsTheRest() {
            int[] passed = {0};
            int[] told = {0};

            inParties(() -> {
                try {
                    barrier.await().await();
                } catch (BrokenBarrierError e) {
                    told[0]++;
                    return;
                }
                if (++passed[0] == PARTIES - PARTIES / 2) {
                    barrier.reset().await();
                }
            });

            assertThat(told[0]).isEqualTo(PARTIES / 2);
            assertAtRest(barrier);
        }

        @Test
        void ofThoseHalfOutLetsTheBlockedIntoTheNextRound() {
            int[] passed = {0};
            int[] told = {0};
            int[] toldWhileBlocked = {0};

            inParties(() -> {
                try {
                    barrier.await().await();
                } catch (BrokenBarrierError e) {
                    told[0]++;
                    barrier.await().await();
                    return;
                }
                if (++passed[0] > PARTIES / 2) {
                    barrier.reset().await();
                    barrier.await().await();
                } else {
                    try {
                        barrier.await().await();
                    } catch (BrokenBarrierError e) {
                        toldWhileBlocked[0]++;
                    }
                }
            });

            assertThat(told[0]).isEqualTo(PARTIES / 2);
            assertThat(toldWhileBlocked[0]).isZero();
            assertAtRest(barrier);
        }

        @Tag("confined")
        @Test
        void letsThoseWhoWereToldWaitAgain() {
            int[] told = {0};
            int[] passed = {0};

            run(() -> {
                List<Task<?>> tasks =
                        tasks(
                                PARTIES - 1,
                                () -> {
                                    try {
                                        barrier.await().await();
                                    } catch (BrokenBarrierError e) {
                                        told[0]++;
                                    }
                                    barrier.await().await();
                                    passed[0]++;
                                });
                Async.createTask(barrier.reset());
                yieldNow();
                tasks.add(
                        Async.createTask(() -> {
                            barrier.await().await();
                            passed[0]++;
                        }));
                awaitAll(tasks);
            });

            assertThat(told[0]).isEqualTo(PARTIES - 1);
            assertThat(passed[0]).isEqualTo(PARTIES);
            assertAtRest(barrier);
        }

        @Test
        void byTheLastToLeaveDoesNotTouchTheNextRound() {
            int[] left = {0};
            int[] told = {0};
            int[] passed = {0};

            inParties(() -> {
                barrier.await().await();
                if (++left[0] == PARTIES) {
                    barrier.reset().await();
                    barrier.await().await();
                } else {
                    try {
                        barrier.await().await();
                    } catch (BrokenBarrierError e) {
                        told[0]++;
                    }
                }
                barrier.await().await();
                passed[0]++;
            });

            assertThat(told[0]).isZero();
            assertThat(passed[0]).isEqualTo(PARTIES);
            assertAtRest(barrier);
        }
    }

    @Nested
    class Abort {

        @Test
        void breaksIt() {
            run(() -> {
                barrier.abort().await();
                assertThat(barrier.isBroken()).isTrue();
                assertThat(barrier.toString()).isEqualTo("Barrier[broken]");
                assertThat(failureOf(barrier.await()))
                        .isInstanceOf(BrokenBarrierError.class)
                        .hasMessageContaining("aborted");
            });
        }

        @Test
        void tellsThoseWhoWait() {
            run(() -> {
                List<Task<?>> waiting = tasks(PARTIES - 1, () -> barrier.await().await());
                yieldNow();
                barrier.abort().await();
                for (Task<?> task : waiting) {
                    assertThat(failureOf(task)).isInstanceOf(BrokenBarrierError.class);
                }
                assertThat(barrier.waiting()).isZero();
            });
        }

        @Test
        void ofThoseHalfOutTellsTheRestAndTheBlocked() {
            int[] passed = {0};
            int[] told = {0};
            int[] toldWhileBlocked = {0};

            inParties(() -> {
                try {
                    barrier.await().await();
                } catch (BrokenBarrierError e) {
                    told[0]++;
                    return;
                }
                if (++passed[0] > PARTIES / 2) {
                    barrier.abort().await();
                } else {
                    try {
                        barrier.await().await();
                    } catch (BrokenBarrierError e) {
                        toldWhileBlocked[0]++;
                    }
                }
            });

            assertThat(barrier.isBroken()).isTrue();
            assertThat(told[0]).isEqualTo(PARTIES / 2);
            assertThat(toldWhileBlocked[0]).isEqualTo(PARTIES - PARTIES / 2 - 1);
            assertThat(barrier.waiting()).isZero();
        }

        @Test
        void whenOneFailsTellsTheOthers() {
            int[] told = {0};

            inParties(() -> {
                try {
                    if (barrier.await().await() == PARTIES / 2) {
                        throw new IllegalArgumentException();
                    }
                    barrier.await().await();
                    say("passed twice");
                } catch (BrokenBarrierError e) {
                    told[0]++;
                } catch (IllegalArgumentException e) {
                    barrier.abort().await();
                }
            });

            assertThat(told[0]).isEqualTo(PARTIES - 1);
            assertThat(log).isEmpty();
            assertThat(barrier.isBroken()).isTrue();
        }

        @Test
        void isMendedByReset() {
            Barrier round = new Barrier(PARTIES);
            int[] passed = {0};

            inParties(() -> {
                try {
                    if (barrier.await().await() == PARTIES / 2) {
                        barrier.abort().await();
                    } else {
                        barrier.await().await();
                    }
                } catch (BrokenBarrierError e) {
                    say("told");
                }
                if (round.await().await() == PARTIES / 2) {
                    barrier.reset().await();
                }
                round.await().await();
                barrier.await().await();
                passed[0]++;
            });

            assertThat(log).hasSize(PARTIES - 1);
            assertThat(passed[0]).isEqualTo(PARTIES);
            assertAtRest(barrier);
        }
    }
}
