package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.CancelledError;
import dev.treadle.Task;
import dev.treadle.sync.Queue;
import dev.treadle.sync.QueueEmpty;
import dev.treadle.sync.QueueFull;
import dev.treadle.sync.QueueShutDown;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@NullUnmarked
class QueueTest extends OnVirtualLoop {

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
    class Bounded {
        private final Queue<Integer> queue = Queue.bounded(2);

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
    class WhenSomebodyIsCancelled {
        private final Queue<Integer> queue = Queue.bounded(1);

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
