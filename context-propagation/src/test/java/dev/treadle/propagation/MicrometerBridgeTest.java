package dev.treadle.propagation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.Context;
import dev.treadle.EventLoop;
import dev.treadle.Promise;
import dev.treadle.Runner;
import dev.treadle.Task;
import dev.treadle.TaskOptions;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class MicrometerBridgeTest {
    private static final ThreadLocal<String> SPAN = new ThreadLocal<>();

    private final List<String> log = new ArrayList<>(); // loop thread, then the test's

    @BeforeAll
    static void register() {
        ContextRegistry.getInstance()
                .registerThreadLocalAccessor(new Slf4jThreadLocalAccessor())
                .registerThreadLocalAccessor("span", SPAN);
    }

    @BeforeEach
    void set() {
        MDC.put("request", "1");
    }

    @AfterEach
    void clear() {
        MDC.clear();
        SPAN.remove();
    }

    private static String request() {
        return String.valueOf(MDC.get("request"));
    }

    private void say(String what) {
        log.add(what + " " + request());
    }

    @Nested
    class ATask {

        @Test
        void seesWhatTheCallerOfRunHasSet() {
            SPAN.set("outer");

            String seen = Async.run(() -> request() + " " + SPAN.get());

            assertThat(seen).isEqualTo("1 outer");
        }

        @Test
        void keepsItsOwnAcrossSuspensionsAndLeavesTheCallersAlone() {
            Async.run(() -> {
                for (int i = 0; i < 100; i++) {
                    String own = "task " + i;
                    Async.createTask(() -> {
                        MDC.put("request", own);
                        SPAN.set(own);
                        for (int step = 0; step < 5; step++) {
                            Async.yieldNow().await();
                            if (!request().equals(own) || !own.equals(SPAN.get())) {
                                log.add(own + " saw " + request() + " and " + SPAN.get());
                            }
                        }
                    });
                }
                while (Async.allTasks().size() > 1) {
                    Async.yieldNow().await();
                }
                say("main");
            });

            assertThat(log).containsExactly("main 1");
            assertThat(request()).isEqualTo("1");
            assertThat(SPAN.get()).isNull();
        }

        @Test
        void takesAlongWhatItsCreatorHasAtThatMoment() {
            Async.run(() -> {
                MDC.put("request", "2");
                Task<?> task = Async.createTask(() -> say("task"));
                MDC.put("request", "3");
                task.await();
            });

            assertThat(log).containsExactly("task 2");
        }

        @Test
        void startsWithoutWhatAnotherHasLeftOnItsThread() {
            MDC.clear();
            Async.run(() -> {
                Async.createTask(
                                () -> {
                                    MDC.put("request", "left behind");
                                    SPAN.set("left behind");
                                })
                        .await();
                Async.createTask(
                                () -> {
                                    say("task");
                                    log.add("span " + SPAN.get());
                                })
                        .await();
                say("main");
            });

            assertThat(log).containsExactly("task null", "span null", "main null");
        }

        @Test
        void ofARunnerSeesWhatItsMakerHadSet() {
            try (Runner runner = new Runner()) {
                MDC.put("request", "2");
                assertThat(runner.<String>run(() -> request())).isEqualTo("1");
                assertThat(runner.<String>run(() -> request())).isEqualTo("1");
            }
        }

        @Test
        void inAContextOfItsOwnSeesWhatThatWasCopiedWith() {
            Context context = Context.copyCurrent();
            Async.run(() -> {
                MDC.put("request", "2");
                Async.createTask(() -> say("task"), TaskOptions.defaults().withContext(context))
                        .await();
            });

            assertThat(log).containsExactly("task 1");
        }
    }

    @Nested
    class ACallback {

        @Test
        void seesWhatWasSetWhenItWasRegistered() {
            Async.run(() -> {
                EventLoop loop = EventLoop.running();
                Promise<Object> promise = loop.createPromise();
                MDC.put("request", "2");
                loop.callSoon(() -> say("callback"));
                promise.addDoneCallback(_ -> say("done-callback"));
                MDC.put("request", "3");
                promise.complete("x");
                Async.yieldNow().await();
                say("main");
            });

            assertThat(log).containsExactly("callback 2", "done-callback 2", "main 3");
        }

        @Test
        void leavesNothingToTheNextOne() {
            MDC.clear();
            Async.run(() -> {
                EventLoop.running().callSoon(() -> MDC.put("request", "left behind"));
                EventLoop.running().callSoon(() -> say("next"));
                Async.yieldNow().await();
            });

            assertThat(log).containsExactly("next null");
        }

        @Test
        void thatFailsIsHandledWithWhatItHadSet() {
            Async.run(() -> {
                EventLoop loop = EventLoop.running();
                loop.exceptionHandler((_, _) -> say("handler"));
                MDC.put("request", "2");
                loop.callSoon(() -> {
                    throw new IllegalArgumentException();
                });
                MDC.put("request", "3");
                Async.yieldNow().await();
            });

            assertThat(log).containsExactly("handler 2");
        }
    }

    @Nested
    class WorkOnOtherThreads {

        @Test
        void seesWhatTheTaskHasSetIfItWasSentByToThread() {
            String seen =
                    Async.run(() -> {
                        MDC.put("request", "2");
                        return Async.toThread(() -> request()).await();
                    });

            assertThat(seen).isEqualTo("2");
        }

        @Test
        void seesNothingIfItWasOffloaded() {
            String seen = Async.run(() -> EventLoop.running().offload(() -> request()).await());

            assertThat(seen).isEqualTo("null");
        }

        @Test
        void leavesNothingToWhatRunsThereNext() {
            List<String> seen =
                    Async.run(() -> {
                        List<String> both = new ArrayList<>();
                        both.add(Async.toThread(() -> request()).await());
                        both.add(EventLoop.running().offload(() -> request()).await());
                        return both;
                    });

            assertThat(seen).containsExactly("1", "null");
        }

        @Test
        void isRestoredByAContextThatIsRunThere() throws InterruptedException {
            Context context = Context.copyCurrent();
            Thread thread =
                    Thread.ofPlatform()
                            .start(() -> {
                                say("before");
                                context.run(() -> {
                                    say("inside");
                                    return null;
                                });
                                say("after");
                            });
            thread.join();

            assertThat(log).containsExactly("before null", "inside 1", "after null");
        }
    }
}
