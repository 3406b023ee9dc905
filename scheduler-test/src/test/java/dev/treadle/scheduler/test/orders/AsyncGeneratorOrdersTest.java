package dev.treadle.scheduler.test.orders;

import static dev.treadle.scheduler.test.orders.Racing.end;
import static dev.treadle.scheduler.test.orders.Racing.failureOf;
import static dev.treadle.scheduler.test.orders.Racing.ms;
import static dev.treadle.scheduler.test.orders.Racing.sometime;
import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.AsyncGenerator;
import dev.treadle.Generator;
import dev.treadle.StopAsyncIteration;
import dev.treadle.Task;
import dev.treadle.scheduler.test.Fault;
import dev.treadle.scheduler.test.Simulation;
import dev.treadle.scheduler.test.Strategy;
import dev.treadle.scheduler.test.TreadleTest;
import java.util.ArrayList;
import java.util.List;

/// Asynchronous generators that several tasks want something of.
class AsyncGeneratorOrdersTest {

    private static AsyncGenerator<Integer> numbers(int[] begun, int[] ended) {
        return AsyncGenerator.of(y -> {
            begun[0]++;
            try {
                for (int i = 0; i < 3; i++) {
                    Async.sleep(ms(1)).await();
                    y.yield(i);
                }
            } finally {
                ended[0]++;
            }
        });
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void closingMeetsARequestThatIsUnderWay(Simulation simulation) {
        int[] begun = {0};
        int[] ended = {0};
        AsyncGenerator<Integer> numbers = numbers(begun, ended);
        List<Integer> got = new ArrayList<>();
        Task<?> taking =
                Async.createTask(() -> {
                    try {
                        while (true) {
                            got.add(numbers.anext().await());
                        }
                    } catch (StopAsyncIteration e) {
                        assertThat(numbers.state()).isEqualTo(Generator.State.CLOSED);
                    }
                });
        int when = simulation.choose(4);
        Task<?> closing =
                Async.createTask(() -> {
                    Async.sleep(ms(when)).await();
                    numbers.aclose().await();
                });

        end(taking, closing);
        numbers.aclose().await();

        taking.result();
        assertThat(
                        failureOf(closing) == null
                                || failureOf(closing).getMessage().contains("already running"))
                .isTrue();
        assertThat(got).isEqualTo(List.of(0, 1, 2).subList(0, got.size()));
        assertThat(ended[0]).isEqualTo(begun[0]);
        assertThat(numbers.state()).isEqualTo(Generator.State.CLOSED);
    }

    @TreadleTest(strategies = {Strategy.RANDOM, Strategy.PCT, Strategy.DFS})
    void eachElementGoesToOneOfTwoWhoTakeThem(Simulation simulation) {
        int[] begun = {0};
        int[] ended = {0};
        AsyncGenerator<Integer> numbers = numbers(begun, ended);
        List<Integer> got = new ArrayList<>();
        List<Task<?>> takers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            takers.add(Async.createTask(() -> takeAll(numbers, got)));
        }
        Task<?> cancelling = sometime(simulation, 2, () -> takers.get(0).cancel());

        end(cancelling);
        end(takers);
        numbers.aclose().await();

        assertThat(takers).allMatch(taker -> failureOf(taker) == null);
        assertThat(got).doesNotHaveDuplicates().isSorted();
        assertThat(ended[0]).isEqualTo(begun[0]);
    }

    private static void takeAll(AsyncGenerator<Integer> numbers, List<Integer> got) {
        while (true) {
            try {
                got.add(numbers.anext().await());
            } catch (StopAsyncIteration e) {
                return;
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("already running");
                Async.sleep(ms(1)).await();
            }
        }
    }

    @TreadleTest(
            strategies = Strategy.FIFO,
            faults = {Fault.CANCEL, Fault.EXCEPTION, Fault.TIMEOUT, Fault.CLOSE})
    void whateverMeetsWhoGoesThroughAGeneratorItsBodyIsLeftOnce(Simulation simulation) {
        int[] begun = {0};
        int[] ended = {0};
        simulation.afterwards(() -> assertThat(ended[0]).isEqualTo(begun[0]));
        simulation
                .subject(() ->
                        numbers(begun, ended)
                                .forEach(number -> assertThat(number).isLessThan(3))
                                .await())
                .await();

        assertThat(ended[0]).isEqualTo(begun[0]);
    }
}
