package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.AsyncGenerator;
import dev.treadle.CancelledError;
import dev.treadle.ContextVar;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.EventLoop.Problem;
import dev.treadle.FatalError;
import dev.treadle.Generator;
import dev.treadle.KeyboardInterrupt;
import dev.treadle.LoopConfig;
import dev.treadle.Promise;
import dev.treadle.Task;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

@NullUnmarked
class RunnerTest {

    private final List<String> log = new ArrayList<>();

    private static void sleep(long millis) {
        OnVirtualLoop.sleep(millis);
    }

    private static Promise<Object> never() {
        return EventLoop.running().createPromise();
    }

    private static VirtualTime timeHere() {
        return TestLoops.timeOf(EventLoop.running());
    }

    private static void interruptFromTheKeyboard() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            signal.getMethod("raise", signal)
                    .invoke(null, signal.getConstructor(String.class).newInstance("INT"));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    @Nested
    class RunningOnce {

        @Test
        void givesTheResultAndClosesTheLoop() {
            List<EventLoop> loops = new ArrayList<>();

            String result =
                    Async.run(() -> {
                        loops.add(EventLoop.running());
                        return Async.sleep(OnVirtualLoop.ms(1000), "value").await();
                    });

            assertThat(result).isEqualTo("value");
            assertThat(loops.get(0).isClosed()).isTrue();
        }

        @Test
        void throwsTheVeryFailureAndWrapsACheckedOne() {
            IllegalArgumentException unchecked = new IllegalArgumentException();
            IOException checked = new IOException();

            assertThat(
                            OnVirtualLoop.thrownBy(() ->
                                    Async.run(() -> {
                                        throw unchecked;
                                    })))
                    .isSameAs(unchecked);
            assertThat(
                            OnVirtualLoop.thrownBy(() ->
                                    Async.run(() -> {
                                        throw checked;
                                    })))
                    .isExactlyInstanceOf(CompletionException.class)
                    .hasCause(checked);
        }

        @Test
        void throwsTheCancellationIfItEndedCancelled() {
            assertThatThrownBy(() ->
                            Async.run(() -> {
                                OnVirtualLoop.self().cancel("self");
                                OnVirtualLoop.yieldNow();
                            }))
                    .isInstanceOf(CancelledError.class)
                    .hasMessage("self");
        }

        @Test
        @Behaviour("RUN-03")
        void insideARunningLoopIsRefusedAndClosesTheCoroutine() {
            Coroutine<String> coroutine = Coroutine.of(() -> "x");

            Async.run(() ->
                    assertThatThrownBy(() -> Async.run(coroutine, LoopConfig.defaults()))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("cannot be called from a running event loop"));

            assertThatThrownBy(coroutine::runBody).hasMessageContaining("cannot reuse");
        }

        @Test
        @Behaviour("RUN-07")
        void honoursTheConfiguration() {
            LoopConfig config = LoopConfig.defaults().withName("mine").withScheduler("test");

            assertThat(Async.run(Coroutine.of(() -> EventLoop.running().name()), config))
                    .isEqualTo("mine");
            assertThatThrownBy(() ->
                            Async.run(Coroutine.of(() -> "x"), config.withScheduler("absent")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("absent")
                    .hasMessageContaining("\"test\"");
        }
    }

    @Nested
    class WhatIsRun {

        @Test
        @Behaviour("RUN-02")
        void isAnythingAwaitable() {
            try (dev.treadle.Runner runner = new dev.treadle.Runner()) {
                Promise<String> promise = runner.loop().createPromise();
                promise.complete("value");

                assertThat(runner.<String>run(Coroutine.of(promise::await))).isEqualTo("value");
                assertThat(runner.loop().<String>runUntilComplete(promise)).isEqualTo("value");
            }
        }

        @Test
        @Behaviour("RUN-02")
        void isNotNothing() {
            try (dev.treadle.Runner runner = new dev.treadle.Runner()) {
                assertThatThrownBy(() -> runner.run((Coroutine<String>) null))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage("coroutine");
            }
        }

        @Test
        @Behaviour("RUN-06")
        void mayHaveAContextOfItsOwn() {
            ContextVar<String> variable = ContextVar.of("variable", "unset");
            dev.treadle.Context own = dev.treadle.Context.empty();
            try (dev.treadle.Runner runner = new dev.treadle.Runner()) {
                runner.run(
                        Coroutine.of(() -> {
                            variable.set("own");
                        }),
                        own);

                assertThat(own.get(variable)).isEqualTo("own");
                assertThat(runner.<String>run(() -> variable.get())).isEqualTo("unset");
            }
        }
    }

    @Nested
    class DebugMode {
        private final LoopConfig config = LoopConfig.defaults().withScheduler("test");

        private boolean debug(LoopConfig of) {
            return Async.run(Coroutine.of(() -> EventLoop.running().debug()), of);
        }

        @Test
        @Behaviour("RUN-07")
        void isWhatTheConfigurationSays() {
            assertThat(debug(config)).isFalse();
            assertThat(debug(config.withDebug(true))).isTrue();
            assertThat(debug(config.withDebug(false))).isFalse();
        }

        @Test
        @Behaviour("RUN-07")
        void isWhatThePropertySaysUnlessTheConfigurationDoes() {
            for (String on : List.of("", "true", "1")) {
                System.setProperty("treadle.debug", on);
                try {
                    assertThat(debug(config)).as("-Dtreadle.debug=%s", on).isTrue();
                    assertThat(debug(config.withDebug(false))).isFalse();
                    System.setProperty("treadle.debug", "false");
                    assertThat(debug(config)).isFalse();
                    assertThat(debug(config.withDebug(true))).isTrue();
                } finally {
                    System.clearProperty("treadle.debug");
                }
            }
        }
    }

    @Nested
    class TasksThatAreLeft {

        @Tag("confined")
        @Test
        @Behaviour("RUN-04")
        void areCancelledAndAwaited() {
            String result =
                    Async.run(() -> {
                        for (String name : List.of("a", "b")) {
                            Async.createTask(() -> {
                                try {
                                    never().await();
                                } finally {
                                    sleep(10);
                                    log.add(name + " cleaned up");
                                }
                            });
                        }
                        OnVirtualLoop.yieldNow();
                        return "value";
                    });

            assertThat(result).isEqualTo("value");
            assertThat(log).containsExactly("a cleaned up", "b cleaned up");
        }

        @Test
        @Behaviour("RUN-04")
        void andFailMeanwhileAreReportedAndTheResultStands() {
            IllegalArgumentException failure = new IllegalArgumentException();
            List<Problem> problems = new ArrayList<>();

            String result =
                    Async.run(() -> {
                        EventLoop.running().exceptionHandler((_, problem) -> problems.add(problem));
                        Async.createTask(() -> {
                            try {
                                never().await();
                            } catch (CancelledError e) {
                                throw failure;
                            }
                        });
                        OnVirtualLoop.settle();
                        return "value";
                    });

            assertThat(result).isEqualTo("value");
            assertThat(problems)
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.message()).contains("shutdown");
                        assertThat(problem.exception()).isSameAs(failure);
                        assertThat(problem.future()).isNotNull();
                    });
        }

        @Test
        @Behaviour("RUN-04")
        void areEndedEvenIfTheMainOneFailed() {
            assertThatThrownBy(() ->
                            Async.run(() -> {
                                Async.createTask(() -> {
                                    try {
                                        never().await();
                                    } finally {
                                        log.add("cleaned up");
                                    }
                                });
                                OnVirtualLoop.settle();
                                throw new IllegalArgumentException("main");
                            }))
                    .hasMessage("main");

            assertThat(log).containsExactly("cleaned up");
        }

        @Test
        @Behaviour("RUN-04")
        void andFailInsideAnAsynchronousGeneratorAreEndedAndItIsClosed() {
            IllegalArgumentException failure = new IllegalArgumentException("in its task");
            List<Problem> problems = new ArrayList<>();
            List<AsyncGenerator<Integer>> generators = new ArrayList<>();

            assertThatThrownBy(() ->
                            Async.run(() -> {
                                EventLoop.running()
                                        .exceptionHandler((_, problem) -> problems.add(problem));
                                Async.createTask(() -> {
                                    AsyncGenerator<Integer> endless =
                                            AsyncGenerator.of(y -> {
                                                while (true) {
                                                    y.yield(1);
                                                    sleep(1000);
                                                }
                                            });
                                    generators.add(endless);
                                    try {
                                        endless.forEach(_ -> {}).await();
                                    } catch (CancelledError e) {
                                        throw failure;
                                    }
                                });
                                OnVirtualLoop.settle();
                                throw new IllegalArgumentException("main");
                            }))
                    .hasMessage("main");

            assertThat(problems)
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.exception()).isSameAs(failure));
            assertThat(generators)
                    .singleElement()
                    .satisfies(generator ->
                            assertThat(generator.state()).isEqualTo(Generator.State.CLOSED));
        }

        @Test
        void andFailAreReportedInTheirContext() {
            ContextVar<String> request = ContextVar.of("request", "none");

            Async.run(() -> {
                EventLoop.running().exceptionHandler((_, _) -> log.add(request.get()));
                Async.createTask(() -> {
                    request.set("theirs");
                    try {
                        never().await();
                    } catch (CancelledError e) {
                        throw new IllegalArgumentException(e);
                    }
                });
                OnVirtualLoop.settle();
            });

            assertThat(log).containsExactly("theirs");
        }

        @Test
        void areCancelledOnceAndGeneratorsClosedIfAnInterruptEndedTheRun() {
            Thread caller = Thread.currentThread();

            Throwable thrown =
                    OnVirtualLoop.thrownBy(() ->
                            Async.run(() -> {
                                AsyncGenerator<Integer> half =
                                        AsyncGenerator.of(y -> {
                                            try {
                                                y.yield(1);
                                            } finally {
                                                sleep(10);
                                                log.add("generator closed");
                                            }
                                        });
                                half.anext().await();
                                Async.createTask(() -> {
                                    try {
                                        never().await();
                                    } finally {
                                        sleep(10);
                                        log.add("cleaned up");
                                    }
                                });
                                OnVirtualLoop.settle();
                                try (var _ = timeHere().expectForeign()) {
                                    caller.interrupt();
                                    never().await();
                                }
                            }));

            assertThat(Thread.interrupted()).as("the flag is put back").isTrue();
            assertThat(thrown).isInstanceOf(CancelledError.class);
            assertThat(log).containsExactly("cleaned up", "generator closed");
        }

        @Tag("confined")
        @Test
        void andHaveNotBegunNeverDo() {
            List<Problem> problems = new ArrayList<>();

            Async.run(() -> {
                EventLoop.running().exceptionHandler((_, problem) -> problems.add(problem));
                tick();
                OnVirtualLoop.yieldNow();
            });

            assertThat(log).as("by the body, beside it and behind its end").hasSize(3);
            assertThat(problems).isEmpty();
        }

        private void tick() {
            log.add("tick");
            Async.createTask(this::tick);
        }

        @Test
        void andFailFatallyEndTheRunAndTheLoopIsClosed() {
            FatalError fatal = new FatalError("exit");
            List<EventLoop> loops = new ArrayList<>();

            assertThatThrownBy(() ->
                            Async.run(() -> {
                                loops.add(EventLoop.running());
                                Async.createTask(() -> {
                                    try {
                                        never().await();
                                    } catch (CancelledError e) {
                                        throw fatal;
                                    }
                                });
                                OnVirtualLoop.settle();
                            }))
                    .isSameAs(fatal);

            assertThat(loops)
                    .singleElement()
                    .satisfies(loop -> assertThat(loop.isClosed()).isTrue());
        }

        @Test
        void ofOffloadedWorkIsWaitedFor() {
            CountDownLatch started = new CountDownLatch(1);
            List<String> seen = java.util.Collections.synchronizedList(log);

            Async.run(() -> {
                EventLoop.running()
                        .offload(() -> {
                            started.countDown();
                            return seen.add("offloaded work ended");
                        });
                started.await();
            });

            assertThat(seen).containsExactly("offloaded work ended");
        }
    }

    @Nested
    class RunningSeveral {

        @Test
        @Behaviour("RUN-06")
        void happensOnOneLoopInOneContext() {
            ContextVar<String> variable = ContextVar.of("variable", "unset");

            try (dev.treadle.Runner runner = new dev.treadle.Runner()) {
                runner.run(() -> {
                    variable.set("first");
                });
                String seen = runner.run(() -> variable.get());
                EventLoop loop = runner.run(() -> EventLoop.running());

                assertThat(seen).isEqualTo("first");
                assertThat(loop).isSameAs(runner.loop());
            }
        }

        @Test
        @Behaviour("RUN-06")
        void isRefusedAfterClosingAndClosingTwiceIsFine() {
            dev.treadle.Runner runner = new dev.treadle.Runner();
            EventLoop loop = runner.loop();
            runner.run(() -> "x");
            runner.close();
            runner.close();

            assertThat(loop.isClosed()).isTrue();
            assertThatThrownBy(runner::loop)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
            assertThatThrownBy(() -> runner.run(() -> "x"))
                    .isInstanceOf(IllegalStateException.class);
        }

        @Test
        void aRunnerThatWasNeverUsedMakesNoLoop() {
            new dev.treadle.Runner(LoopConfig.defaults().withScheduler("absent")).close();
        }

        @Test
        void tasksLiveOnFromRunToRun() {
            try (dev.treadle.Runner runner = new dev.treadle.Runner()) {
                Task<String> task =
                        runner.run(() ->
                                Async.createTask(
                                        () -> Async.sleep(OnVirtualLoop.ms(5), "value").await()));
                assertThat(task.isDone()).isFalse();

                assertThat(runner.<String>run(() -> task.await())).isEqualTo("value");
            }
        }

        @Test
        @Behaviour("RUN-03")
        void recursivelyIsRefused() {
            try (dev.treadle.Runner runner = new dev.treadle.Runner()) {
                runner.run(() -> {
                    assertThatThrownBy(() -> runner.run(() -> "x"))
                            .isInstanceOf(IllegalStateException.class);
                });
            }
        }
    }

    /// Whether this process gets Ctrl-C at all: one that was started in the background by a plain
    /// shell ignores it, and so do its children and every JVM among them.
    static boolean getsCtrlC() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return true;
        }
        String ignored =
                Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .findFirst()
                        .orElse("SigIgn: 0");
        int interrupt = 1 << 1; // SIGINT is 2, and the mask begins with 1
        return (Long.parseUnsignedLong(ignored.substring(7).strip(), 16) & interrupt) == 0;
    }

    @Nested
    @EnabledIf(
            value = "dev.treadle.core.RunnerTest#getsCtrlC",
            disabledReason = "this process was started with SIGINT ignored")
    class CtrlC {

        @Test
        @Behaviour("RUN-08")
        void cancelsTheMainTaskSoThatItCanCleanUpAndIsThenRaised() {
            assertThatThrownBy(() ->
                            Async.run(() -> {
                                try (var _ = timeHere().expectForeign()) {
                                    interruptFromTheKeyboard();
                                    never().await();
                                } finally {
                                    sleep(1);
                                    log.add("cleaned up");
                                }
                            }))
                    .isInstanceOf(KeyboardInterrupt.class)
                    .hasCauseInstanceOf(CancelledError.class);

            assertThat(log).containsExactly("cleaned up");
        }

        @Test
        @Behaviour("RUN-08")
        void cancelsAMainTaskThatSpinsAndWhatItAwaits() {
            Promise<?>[] awaited = new Promise<?>[1];

            assertThatThrownBy(() ->
                            Async.run(() -> {
                                interruptFromTheKeyboard();
                                while (true) {
                                    OnVirtualLoop.yieldNow();
                                }
                            }))
                    .isInstanceOf(KeyboardInterrupt.class);
            assertThatThrownBy(() ->
                            Async.run(() -> {
                                try (var _ = timeHere().expectForeign()) {
                                    awaited[0] = never();
                                    interruptFromTheKeyboard();
                                    awaited[0].await();
                                }
                            }))
                    .isInstanceOf(KeyboardInterrupt.class);
            assertThat(awaited[0].isCancelled()).isTrue();
        }

        /// Runs a main task on a thread of its own that waits until it is interrupted. Its loop
        /// expects that from the beginning: the first step may have to wait for the other runner.
        private Thread runningUntilInterrupted(CountDownLatch running, List<Throwable> ends) {
            return Thread.ofPlatform()
                    .daemon()
                    .start(() -> ends.add(OnVirtualLoop.thrownBy(() -> untilInterrupted(running))));
        }

        private void untilInterrupted(CountDownLatch running) {
            try (dev.treadle.Runner runner = new dev.treadle.Runner();
                    var _ = TestLoops.timeOf(runner.loop()).expectForeign()) {
                runner.run(() -> {
                    running.countDown();
                    never().await();
                });
            }
        }

        @Test
        void reachesAllRunnersInWhateverOrderTheyBegan() throws InterruptedException {
            List<Throwable> ends = new java.util.concurrent.CopyOnWriteArrayList<>();
            for (int round = 0; round < 2; round++) { // what the first leaves behind is seen
                CountDownLatch running = new CountDownLatch(2);
                Thread first = runningUntilInterrupted(running, ends);
                Thread second = runningUntilInterrupted(running, ends);
                running.await();

                interruptFromTheKeyboard();

                first.join();
                second.join();
            }
            assertThat(ends).hasSize(4).allMatch(KeyboardInterrupt.class::isInstance);
        }

        @Tag("confined")
        @Test
        void isLeftToAnApplicationThatHandlesItItself() throws Exception {
            CountDownLatch handled = new CountDownLatch(1);
            Class<?> type = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object signal = type.getConstructor(String.class).newInstance("INT");
            Object before =
                    type.getMethod("handle", type, handlerType)
                            .invoke(null, signal, ownHandler(handlerType, handled));
            try {
                String result =
                        Async.run(() -> {
                            interruptFromTheKeyboard();
                            handled.await();
                            OnVirtualLoop.yieldTimes(3);
                            return "not interrupted";
                        });

                assertThat(result).isEqualTo("not interrupted");
            } finally {
                type.getMethod("handle", type, handlerType).invoke(null, signal, before);
            }
        }

        /// A handler of a class that is not the JDK's.
        private static Object ownHandler(Class<?> handlerType, CountDownLatch handled) {
            return Proxy.newProxyInstance(
                    RunnerTest.class.getClassLoader(),
                    new Class<?>[] {handlerType},
                    (_, _, _) -> {
                        handled.countDown();
                        return null;
                    });
        }

        @Test
        @Behaviour("RUN-08")
        void isSwallowedIfTheMainTaskSwallowsTheCancellation() {
            String result =
                    Async.run(() -> {
                        try (var _ = timeHere().expectForeign()) {
                            interruptFromTheKeyboard();
                            never().await();
                        } catch (CancelledError e) {
                            log.add("swallowed");
                        }
                        return "value";
                    });

            assertThat(result).isEqualTo("value");
            assertThat(log).containsExactly("swallowed");
        }

        @Test
        @Behaviour("RUN-09")
        void isNotRaisedIfSomebodyElseCancelledTheMainTaskToo() {
            assertThatThrownBy(() ->
                            Async.run(() -> {
                                Task<?> main = OnVirtualLoop.self();
                                try (var _ = timeHere().expectForeign()) {
                                    interruptFromTheKeyboard();
                                    try {
                                        never().await();
                                    } catch (CancelledError e) {
                                        main.cancel("somebody else");
                                        throw e;
                                    }
                                }
                            }))
                    .isInstanceOf(CancelledError.class);
        }
    }
}
