package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Task;
import dev.treadle.TimeoutError;
import dev.treadle.sync.LifoQueue;
import dev.treadle.sync.PriorityQueue;
import dev.treadle.sync.Queue;
import dev.treadle.sync.QueueEmpty;
import dev.treadle.sync.QueueFull;
import dev.treadle.sync.QueueShutDown;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class QueueTest extends OnVirtualLoop {

    @Nested
    class UnderAnotherLoop {

        @Test
        void putIsRefusedOnceAGetHasWaitedUnderOne() {
            Queue<Integer> queue = Queue.bounded(1);
            run(() -> {
                Task<?> waiting = Async.createTask(queue.get());
                settle();
                waiting.cancel();
                failureOf(waiting);
                queue.putNow(1);
            });

            try (CoreEventLoop other = TestLoops.virtual("other", new VirtualTime())) {
                assertThatThrownBy(() -> other.runUntilComplete(queue.put(2)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("bound to a different event loop");
            }
        }
    }

    @Nested
    class Order {

        @Test
        @Behaviour("QUE-01")
        void isFirstInFirstOut() {
            Queue<Integer> queue = Queue.unbounded();

            run(() -> {
                for (int item : List.of(1, 3, 2)) {
                    queue.put(item).await();
                }
                assertThat(List.of(queue.get().await(), queue.get().await(), queue.get().await()))
                        .containsExactly(1, 3, 2);
            });
        }

        @Test
        @Behaviour("QUE-01")
        void aCapacityOfZeroOrLessMeansNoBound() {
            for (int capacity : new int[] {0, -1}) {
                Queue<Integer> queue = Queue.bounded(capacity);
                for (int i = 0; i < 1000; i++) {
                    queue.putNow(i);
                }
                assertThat(queue.isFull()).isFalse();
                assertThat(queue.size()).isEqualTo(1000);
                assertThat(queue.capacity()).isEqualTo(Integer.MAX_VALUE);
            }
        }

        @Tag("confined")
        @Test
        void consumersAreServedInTheOrderInWhichTheyCame() {
            Queue<Integer> queue = Queue.unbounded();

            run(() -> {
                for (String name : List.of("a", "b", "c")) {
                    Async.createTask(() -> say(name + queue.get().await()));
                }
                yieldNow();
                queue.putNow(1);
                queue.putNow(2);
                queue.putNow(3);
                yieldNow();
            });

            assertThat(log).containsExactly("a1", "b2", "c3");
        }

        @Tag("confined")
        @Test
        void producersAreServedInTheOrderInWhichTheyCame() {
            Queue<String> queue = Queue.bounded(1);

            run(() -> {
                for (String name : List.of("a", "b", "c")) {
                    Async.createTask(() -> queue.put(name).await());
                }
                yieldNow();
                for (int i = 0; i < 3; i++) {
                    say(queue.get().await());
                }
            });

            assertThat(log).containsExactly("a", "b", "c");
        }

        @Test
        void nothingIsLostBetweenManyProducersAndConsumers() {
            Queue<Integer> queue = Queue.bounded(3);
            List<Integer> taken = new ArrayList<>();

            run(() -> {
                List<Task<?>> consumers = new ArrayList<>();
                for (int c = 0; c < 4; c++) {
                    consumers.add(
                            Async.createTask(() -> {
                                while (true) {
                                    taken.add(queue.get().await());
                                    queue.taskDone();
                                }
                            }));
                }
                List<Task<?>> producers = new ArrayList<>();
                for (int p = 0; p < 5; p++) {
                    int base = 100 * p;
                    producers.add(
                            Async.createTask(() -> {
                                for (int i = 0; i < 100; i++) {
                                    queue.put(base + i).await();
                                }
                            }));
                }
                for (Task<?> producer : producers) {
                    producer.await();
                }
                queue.join().await();
                consumers.forEach(Task::cancel);
            });

            assertThat(taken).hasSize(500).doesNotHaveDuplicates();
        }
    }

    @Nested
    class OfOtherOrders {

        @Test
        @Behaviour("QUE-01")
        void lastInFirstOut() {
            assertOrder(LifoQueue.unbounded(), 2, 3, 1);
            assertOrder(LifoQueue.bounded(0), 2, 3, 1);
        }

        @Test
        @Behaviour("QUE-01")
        void leastFirst() {
            assertOrder(PriorityQueue.unbounded(), 1, 2, 3);
            assertOrder(PriorityQueue.bounded(3), 1, 2, 3);
            assertOrder(PriorityQueue.unbounded(Comparator.reverseOrder()), 3, 2, 1);
        }

        private void assertOrder(Queue<Integer> queue, Integer... expected) {
            run(() -> {
                for (int item : List.of(1, 3, 2)) {
                    queue.put(item).await();
                }
                assertThat(
                                List.of(
                                        queue.get().await(),
                                        queue.getNow(),
                                        queue.tryGet().orElseThrow()))
                        .containsExactly(expected);
            });
        }

        @Test
        void waitShutDownAndJoinAlike() {
            for (Queue<Integer> queue :
                    List.of(LifoQueue.<Integer>bounded(1), PriorityQueue.<Integer>bounded(1))) {
                run(() -> {
                    Task<Integer> consumer = Async.createTask(queue.get());
                    yieldNow();
                    queue.putNow(1);
                    Task<?> producer = Async.createTask(queue.put(2));
                    Task<?> joining = Async.createTask(queue.join());
                    assertThat(consumer.await()).isEqualTo(1);
                    producer.await();
                    queue.shutdownNow();
                    yieldTimes(2);
                    assertThat(joining.isDone()).isFalse();
                    queue.taskDone();
                    joining.await();
                    assertThat(failureOf(queue.get())).isInstanceOf(QueueShutDown.class);
                });
            }
        }

        @Test
        void anItemThatCannotBeComparedIsNotInTheQueue() {
            Queue<Object> queue = PriorityQueue.unbounded();
            queue.putNow(1);

            run(() ->
                    assertThat(failureOf(queue.put("two"))).isInstanceOf(ClassCastException.class));
            assertThatThrownBy(() -> queue.putNow("two")).isInstanceOf(ClassCastException.class);

            assertThat(queue.getNow()).isEqualTo(1);
            assertThat(queue.isEmpty()).isTrue();
            queue.taskDone();
            assertThatThrownBy(queue::taskDone).isInstanceOf(IllegalStateException.class);
        }

        @Test
        void sayWhatTheyAre() {
            Queue<Integer> queue = LifoQueue.bounded(2);
            queue.putNow(1);

            assertThat(queue)
                    .hasToString("LifoQueue[size=1 of 2, getters=0, putters=0, unfinished=1]");
            assertThat(PriorityQueue.unbounded())
                    .hasToString("PriorityQueue[size=0, getters=0, putters=0]");
        }
    }

    @Nested
    class Bounded {
        private final Queue<Integer> queue = Queue.bounded(2);

        @Tag("confined")
        @Test
        @Behaviour("QUE-02")
        void aProducerWaitsWhenItIsFullAndGoesOnInTheIterationAfterAGet() {
            run(() -> {
                Async.createTask(() -> {
                    for (int i = 1; i <= 3; i++) {
                        queue.put(i).await();
                        say("put " + i);
                    }
                });
                yieldTimes(3);
                assertThat(log).containsExactly("put 1", "put 2");
                assertThat(queue.isFull()).isTrue();
                assertThat(queue.get().await()).isEqualTo(1);
                assertThat(log).containsExactly("put 1", "put 2");
                yieldNow();
                assertThat(log).containsExactly("put 1", "put 2", "put 3");
            });
        }

        @Test
        @Behaviour("QUE-02")
        void takingNothingAndPuttingTooMuchAreRefused() {
            assertThatThrownBy(queue::getNow).isInstanceOf(QueueEmpty.class);
            assertThat(queue.tryGet()).isEmpty();

            queue.putNow(1);
            assertThat(queue.tryPut(2)).isTrue();

            assertThatThrownBy(() -> queue.putNow(3)).isInstanceOf(QueueFull.class);
            assertThat(queue.tryPut(3)).isFalse();
            assertThat(queue.tryGet()).contains(1);
            assertThat(queue.getNow()).isEqualTo(2);
        }

        @Test
        void puttingAndTakingWithoutNeedDoNotSuspend() {
            run(() -> {
                loop.callSoon(saying("callback"));
                queue.put(1).await();
                queue.get().await();
                say("both");
                yieldNow();
            });

            assertThat(log).containsExactly("both", "callback");
        }
    }

    @Nested
    class AMillionItems {
        private static final int COUNT = 1_000_000;

        @Tag("confined")
        @Test
        void passThroughSixtyFourPlacesInOrder() {
            Queue<Integer> places = Queue.bounded(64);
            int[] taken = {0};

            run(() -> {
                Task<?> producer =
                        Async.createTask(() -> {
                            for (int i = 0; i < COUNT; i++) {
                                places.put(i).await();
                            }
                        });
                for (int i = 0; i < COUNT; i++) {
                    int item = places.get().await();
                    if (item != i) {
                        throw new AssertionError("got " + item + " in the place of " + i);
                    }
                    places.taskDone();
                    taken[0]++;
                }
                producer.await();
                places.join().await();
                assertThat(places.isEmpty()).isTrue();
            });

            assertThat(taken[0]).isEqualTo(COUNT);
        }

        @Tag("confined")
        @Test
        void ofManyProducersReachManyConsumersOnceEach() {
            Queue<Integer> places = Queue.bounded(64);
            BitSet seen = new BitSet(COUNT);

            run(() -> {
                List<Task<?>> producers = new ArrayList<>();
                for (int p = 0; p < 4; p++) {
                    int first = p;
                    producers.add(
                            Async.createTask(() -> {
                                for (int i = first; i < COUNT; i += 4) {
                                    places.put(i).await();
                                }
                            }));
                }
                List<Task<?>> consumers = new ArrayList<>();
                for (int c = 0; c < 4; c++) {
                    consumers.add(
                            Async.createTask(() -> {
                                while (true) {
                                    int item = places.get().await();
                                    if (seen.get(item)) {
                                        throw new AssertionError("got " + item + " twice");
                                    }
                                    seen.set(item);
                                    places.taskDone();
                                }
                            }));
                }
                for (Task<?> producer : producers) {
                    producer.await();
                }
                places.join().await();
                places.shutdown();
                for (Task<?> consumer : consumers) {
                    assertThat(failureOf(consumer)).isInstanceOf(QueueShutDown.class);
                }
            });

            assertThat(seen.cardinality()).isEqualTo(COUNT);
        }
    }

    @Nested
    class WhenSomebodyIsCancelled {
        private final Queue<Integer> queue = Queue.bounded(1);

        @Tag("confined")
        @Test
        @Behaviour("QUE-05")
        void aProducerThatWasWokenLeavesItsItemOutAndItsPlaceToTheNext() {
            run(() -> {
                queue.putNow(1);
                Task<?> two = Async.createTask(() -> queue.put(2).await());
                Task<?> three = Async.createTask(() -> queue.put(3).await());
                yieldNow();
                assertThat(queue.getNow()).isEqualTo(1);
                two.cancel();
                assertThat(failureOf(two)).isInstanceOf(CancelledError.class);
                three.await();
                assertThat(queue.getNow()).isEqualTo(3);
                assertThat(queue.isEmpty()).isTrue();
            });
        }

        @Test
        @Behaviour("QUE-05")
        void aWaitingProducerNeverPutsItsItem() {
            run(() -> {
                queue.putNow(1);
                Task<?> two = Async.createTask(() -> queue.put(2).await());
                yieldNow();
                two.cancel();
                failureOf(two);
                queue.getNow();
                yieldTimes(3);
                assertThat(queue.isEmpty()).isTrue();
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("QUE-06")
        void aConsumerLeavesNoEntryBehind() {
            run(() -> {
                Task<?> consumer = Async.createTask(() -> queue.get().await());
                yieldNow();
                assertThat(queue.toString()).contains("getters=1");
                consumer.cancel();
                failureOf(consumer);
                assertThat(queue.toString()).contains("getters=0");
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("QUE-06")
        void aProducerLeavesNoEntryBehind() {
            run(() -> {
                queue.putNow(1);
                Task<?> producer = Async.createTask(() -> queue.put(2).await());
                yieldNow();
                assertThat(queue.toString()).contains("putters=1");
                producer.cancel();
                failureOf(producer);
                assertThat(queue.toString()).contains("putters=0");
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("QUE-05")
        void aProducerInTheMiddleOfTheLineLeavesTheOthersInOrder() {
            run(() -> {
                Task<?> a = Async.createTask(queue.put(1));
                Task<?> b = Async.createTask(queue.put(2));
                Task<?> c = Async.createTask(queue.put(3));
                yieldNow();
                assertThat(a.isDone()).isTrue();
                c.cancel();
                yieldNow();
                assertThat(c.isDone()).isTrue();
                assertThat(queue.getNow()).isEqualTo(1);
                yieldNow();
                assertThat(queue.getNow()).isEqualTo(2);
                b.await();
            });
        }

        @Test
        @Behaviour("QUE-06")
        void byATimeLimitNoEntryIsLeftBehind() {
            run(() -> {
                assertThat(failureOf(Async.waitFor(queue.get(), ms(100))))
                        .isInstanceOf(TimeoutError.class);
                assertThat(queue.toString()).contains("getters=0");
            });
        }

        @Test
        void aConsumerThatWasWokenTwiceOverLosesNoItem() {
            Queue<Integer> unbounded = Queue.unbounded();

            run(() -> {
                List<Task<Integer>> readers = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    readers.add(Async.createTask(unbounded.get()));
                }
                yieldNow();
                unbounded.putNow(1);
                unbounded.putNow(2);
                readers.get(0).cancel();
                assertThat(failureOf(readers.get(0))).isInstanceOf(CancelledError.class);
                assertThat(List.of(readers.get(1).await(), readers.get(2).await()))
                        .containsExactlyInAnyOrder(1, 2);
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("QUE-06")
        void aConsumerThatWasWokenLeavesTheItemToTheNext() {
            run(() -> {
                Task<?> first = Async.createTask(() -> queue.get().await());
                Task<Integer> second = Async.createTask(() -> queue.get().await());
                yieldNow();
                queue.putNow(1);
                first.cancel();
                assertThat(failureOf(first)).isInstanceOf(CancelledError.class);
                assertThat(second.await()).isEqualTo(1);
            });
        }
    }

    @Nested
    class Joining {
        private final Queue<Integer> queue = Queue.unbounded();

        @Test
        @Behaviour("QUE-07")
        void aFreshQueueDoesNotSuspend() {
            run(() -> {
                loop.callSoon(saying("callback"));
                queue.join().await();
                say("joined");
                yieldNow();
            });

            assertThat(log).containsExactly("joined", "callback");
        }

        @Test
        @Behaviour("QUE-07")
        void waitsUntilEveryItemWasReportedDone() {
            run(() -> {
                queue.putNow(1);
                queue.putNow(2);
                Task<?> joining = Async.createTask(() -> queue.join().await());
                queue.getNow();
                queue.getNow();
                yieldTimes(3);
                assertThat(joining.isDone()).isFalse();
                queue.taskDone();
                yieldTimes(3);
                assertThat(joining.isDone()).isFalse();
                queue.taskDone();
                joining.await();
            });
        }

        @Test
        @Behaviour("QUE-07")
        void oneReportTooManyIsRefused() {
            queue.putNow(1);
            queue.taskDone();

            assertThatThrownBy(queue::taskDone)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("too many");
        }
    }

    @Nested
    class WhenShutDown {
        private final Queue<Integer> queue = Queue.bounded(1);

        @Test
        @Behaviour("QUE-08")
        void blockedAndLaterConsumersOfAnEmptyQueueAreToldAndProducersToo() {
            run(() -> {
                Task<?> consumer = Async.createTask(() -> queue.get().await());
                yieldNow();
                queue.shutdown();
                assertThat(failureOf(consumer)).isInstanceOf(QueueShutDown.class);
                assertThat(failureOf(queue.get())).isInstanceOf(QueueShutDown.class);
                assertThat(failureOf(queue.put(1))).isInstanceOf(QueueShutDown.class);
                assertThatThrownBy(queue::getNow).isInstanceOf(QueueShutDown.class);
                assertThatThrownBy(queue::tryGet).isInstanceOf(QueueShutDown.class);
                assertThatThrownBy(() -> queue.putNow(1)).isInstanceOf(QueueShutDown.class);
                assertThatThrownBy(() -> queue.tryPut(1)).isInstanceOf(QueueShutDown.class);
                queue.join().await();
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("QUE-08")
        void joiningOfANonemptyOneStillWaitsForTheReport() {
            run(() -> {
                queue.putNow(1);
                Task<?> joining = Async.createTask(queue.join());
                Task<?> producer = Async.createTask(queue.put(2));
                yieldNow();
                queue.shutdown();
                assertThat(queue.size()).isEqualTo(1);
                yieldNow();
                assertThat(failureOf(producer)).isInstanceOf(QueueShutDown.class);
                assertThat(queue.get().await()).isEqualTo(1);
                yieldNow();
                assertThat(joining.isDone()).isFalse();
                queue.taskDone();
                yieldNow();
                assertThat(joining.isDone()).isTrue();
                assertThatThrownBy(queue::taskDone).isInstanceOf(IllegalStateException.class);
            });
        }

        @Test
        void againNothingChanges() {
            queue.putNow(1);
            queue.shutdown();
            queue.shutdown();

            assertThat(queue.getNow()).isEqualTo(1);
            queue.shutdownNow();
            assertThat(queue.toString()).contains("unfinished=1, shut down");
            queue.taskDone();
        }

        @Tag("confined")
        @Test
        void aTaskThatIsCancelledAsItIsToldEndsCancelled() {
            run(() -> {
                Task<?> consumer = Async.createTask(queue.get());
                yieldNow();
                queue.shutdown();
                consumer.cancel();
                assertThat(failureOf(consumer)).isInstanceOf(CancelledError.class);
            });
        }

        @Test
        void whatIsThereCanStillBeTaken() {
            run(() -> {
                queue.putNow(1);
                Task<?> producer = Async.createTask(() -> queue.put(2).await());
                yieldNow();
                queue.shutdown();
                assertThat(failureOf(producer)).isInstanceOf(QueueShutDown.class);
                assertThat(queue.get().await()).isEqualTo(1);
                assertThat(failureOf(queue.get())).isInstanceOf(QueueShutDown.class);
            });
        }

        @Test
        @Behaviour("QUE-10")
        void atOnceTheItemsAreDroppedAndCountAsDone() {
            run(() -> {
                queue.putNow(1);
                Task<?> joining = Async.createTask(() -> queue.join().await());
                yieldNow();
                queue.shutdownNow();
                joining.await();
                assertThat(queue.isEmpty()).isTrue();
                assertThat(failureOf(queue.get())).isInstanceOf(QueueShutDown.class);
            });
        }

        @Test
        @Behaviour("QUE-10")
        void atOnceJoiningStillWaitsForWhatWasTaken() {
            Queue<Integer> two = Queue.unbounded();

            run(() -> {
                two.putNow(1);
                two.putNow(2);
                two.getNow();
                Task<?> joining = Async.createTask(() -> two.join().await());
                yieldNow();
                two.shutdownNow();
                yieldTimes(3);
                assertThat(joining.isDone()).isFalse();
                two.taskDone();
                joining.await();
            });
        }
    }
}
