package dev.treadle.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskOptions;
import dev.treadle.graph.LoopGraph;
import dev.treadle.sync.Barrier;
import dev.treadle.sync.Lock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// What applications rely on where tasks run beside each other.
@NullUnmarked
@ParameterizedClass
@ValueSource(strings = {"pool", "virtual"})
class ParallelSchedulersTest {
    private static final String PARALLELISM = "treadle.pool.parallelism";

    @Parameter String scheduler;

    /// One for a task that blocks, and one for all the others.
    @BeforeEach
    void twoCarriers() {
        System.setProperty(PARALLELISM, "2");
    }

    @AfterEach
    void carriersByDefault() {
        System.clearProperty(PARALLELISM);
    }

    private LoopConfig config() {
        return LoopConfig.defaults().withScheduler(scheduler);
    }

    @Test
    void itsLoopsSaySo() {
        try (EventLoop loop = EventLoop.create(config())) {
            assertThat(loop.isParallel()).isTrue();
        }
    }

    @Test
    void aTaskThatBlocksLeavesTheOthers() {
        CountDownLatch opened = new CountDownLatch(1);

        Async.run(
                () -> {
                    Task<?> blocked = Async.createTask(() -> opened.await());
                    Async.createTask(opened::countDown).await();
                    blocked.await();
                },
                config());
    }

    @Test
    void aLockOfTheJdkMayBeHeldWhereATaskAwaits() {
        System.setProperty(PARALLELISM, "8"); // a task that waits for the lock keeps its carrier
        ReentrantLock lock = new ReentrantLock();
        int[] counter = {0};

        Async.run(
                () -> {
                    List<Task<?>> tasks = new ArrayList<>();
                    for (int i = 0; i < 5; i++) {
                        tasks.add(
                                Async.createTask(() -> {
                                    for (int j = 0; j < 20; j++) {
                                        lock.lock();
                                        try {
                                            int seen = counter[0];
                                            Async.yieldNow().await();
                                            counter[0] = seen + 1;
                                        } finally {
                                            lock.unlock();
                                        }
                                    }
                                }));
                    }
                    Async.gather(tasks).await();
                },
                config());

        assertThat(counter[0]).isEqualTo(100);
    }

    @Test
    void closingTheLoopEndsATaskThatBlocks() {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch blocking = new CountDownLatch(1);
        EventLoop loop = EventLoop.create(config());
        loop.exceptionHandler((_, _) -> {});
        Task<?> task =
                loop.createTask(
                        Coroutine.of(() -> {
                            blocking.countDown();
                            never.await();
                        }));
        loop.runUntilComplete(Coroutine.of(() -> blocking.await()));

        loop.close();

        assertThat(task.isDone()).isTrue();
    }

    @Test
    void aGraphTellsWhichTasksRun() {
        CountDownLatch looked = new CountDownLatch(1);
        CountDownLatch runs = new CountDownLatch(1);

        Async.run(
                () -> {
                    Task<?> running =
                            Async.createTask(
                                    () -> {
                                        runs.countDown();
                                        looked.await();
                                    },
                                    TaskOptions.named("running"));
                    Promise<?> never = EventLoop.running().createPromise();
                    Task<?> waiting =
                            Async.createTask(() -> never.await(), TaskOptions.named("waiting"));
                    runs.await();
                    SchedulersTest.letSuspend(waiting);
                    LoopGraph graph = LoopGraph.capture(EventLoop.running());
                    looked.countDown();
                    running.await();
                    waiting.cancel();
                    assertThat(graph.tasks())
                            .filteredOn(node -> Set.of("running", "waiting").contains(node.name()))
                            .extracting(LoopGraph.Node::name, LoopGraph.Node::state)
                            .containsExactly(
                                    tuple("running", "running"), tuple("waiting", "suspended"));
                },
                config());
    }

    @Test
    void deadlocksAreReportedInDebugMode() {
        Async.run(
                Coroutine.of(() -> {
                    EventLoop loop = EventLoop.running();
                    Promise<String> reported = loop.createPromise();
                    loop.exceptionHandler((_, problem) -> reported.tryComplete(problem.message()));
                    Lock one = new Lock();
                    Lock other = new Lock();
                    Barrier both = new Barrier(2);
                    Task<?> a = taking("a", one, both, other);
                    Task<?> b = taking("b", other, both, one);

                    assertThat(reported.await())
                            .containsPattern("^deadlock: (a → b → a|b → a → b): ")
                            .contains("Task[a, pending, awaits what task b holds]")
                            .contains("Task[b, pending, awaits what task a holds]");
                    assertThat(LoopGraph.capture(loop).cycles())
                            .singleElement()
                            .satisfies(cycle ->
                                    assertThat(cycle)
                                            .extracting(LoopGraph.Node::name)
                                            .containsExactlyInAnyOrder("a", "b"));
                    a.cancel();
                    b.await();
                }),
                config().withDebug(true));
    }

    private static Task<?> taking(String name, Lock first, Barrier both, Lock second) {
        return Async.createTask(
                () -> {
                    try (var _ = first.acquire().await()) {
                        both.await().await();
                        second.acquire().await().close();
                    }
                },
                TaskOptions.named(name));
    }
}
