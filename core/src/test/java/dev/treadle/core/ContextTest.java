package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.Async;
import dev.treadle.Context;
import dev.treadle.ContextVar;
import dev.treadle.Coroutine;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NullUnmarked
class ContextTest extends OnVirtualLoop {

    private final ContextVar<String> variable = ContextVar.of("variable", "unset");

    @Nested
    class InTasks {

        @Test
        void aTaskSeesWhatItsCreatorHadSetAndKeepsItsOwnToItself() {
            run(() -> {
                variable.set("creator");
                Task<?> task =
                        Async.createTask(() -> {
                            say(variable.get());
                            variable.set("task");
                            yieldNow();
                            say(variable.get());
                        });
                variable.set("creator later");
                task.await();
                say(variable.get());
            });

            assertThat(log).containsExactly("creator", "task", "creator later");
        }

        @Test
        void anAwaitedCoroutineSharesTheContext() {
            run(() -> {
                Coroutine.of(
                                () -> {
                                    variable.set("inner");
                                })
                        .await();
                assertThat(variable.get()).isEqualTo("inner");
            });
        }

        @Test
        @Behaviour("CTX-02")
        void aHundredInterleavedTasksNeverSeeEachOthersValues() {
            ContextVar<Integer> number = ContextVar.of("number");

            run(() -> {
                Random random = new Random(3);
                List<Task<Integer>> tasks = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    int mine = i;
                    int pause = random.nextInt(5);
                    tasks.add(
                            Async.createTask(() -> {
                                number.set(mine);
                                for (int step = 0; step < 10; step++) {
                                    sleep(pause);
                                    assertThat(number.get()).isEqualTo(mine + step);
                                    number.set(mine + step + 1);
                                }
                                return number.get();
                            }));
                }
                for (int i = 0; i < 100; i++) {
                    assertThat(tasks.get(i).await()).isEqualTo(i + 10);
                }
                assertThatThrownBy(number::get).isInstanceOf(NoSuchElementException.class);
            });
        }

        @Tag("confined")
        @Test
        @Behaviour("CTX-05")
        void settingsAroundAwaitsInGatheredCoroutinesStaySeparate() {
            run(() -> Async.gather(scoped("a"), scoped("b")).await());

            assertThat(log).containsExactly("a", "b", "a", "b", "unset", "unset");
        }

        private Coroutine<?> scoped(String value) {
            return Coroutine.of(() -> {
                try (var _ = variable.set(value)) {
                    yieldNow();
                    say(variable.get());
                    yieldNow();
                    say(variable.get());
                }
                yieldNow();
                say(variable.get());
            });
        }

        @Test
        void theTaskKnowsItsContext() {
            run(() -> {
                variable.set("mine");
                Context own = self().context();
                assertThat(own.get(variable)).isEqualTo("mine");
            });
        }
    }

    @Nested
    class Explicit {

        @Test
        @Behaviour("CTX-04")
        void successiveTasksShareItAndTheCreatorCanReadIt() {
            Context context = Context.empty();

            run(() -> {
                Async.createTask(
                                Coroutine.of(() -> {
                                    variable.set("first");
                                }),
                                TaskOptions.defaults().withContext(context))
                        .await();
                loop.createTask(
                                Coroutine.of(() -> {
                                    say(variable.get());
                                    variable.set("second");
                                }),
                                TaskOptions.defaults().withContext(context))
                        .await();
                assertThat(variable.get()).isEqualTo("unset");
            });

            assertThat(log).containsExactly("first");
            assertThat(context.get(variable)).isEqualTo("second");
        }

        @Test
        @Behaviour("CTX-04")
        void callbacksRunInIt() {
            Context context = Context.empty();
            loop.callSoon(
                    () -> {
                        variable.set("callback");
                    },
                    context);
            loop.callAt(loop.time(), () -> say(variable.get()), context);
            loop.callSoonThreadsafe(() -> say(variable.get()), context);

            runOneIteration();

            assertThat(log).containsExactly("callback", "callback");
            assertThat(context.get(variable)).isEqualTo("callback");
        }

        @Test
        void runningSomethingInItInsideATaskMayAwait() {
            Context context = Context.empty();

            run(() -> {
                variable.set("outside");
                context.run(() -> {
                    variable.set("inside");
                    yieldNow();
                    say(variable.get());
                    return null;
                });
                say(variable.get());
                yieldNow();
                say(variable.get());
            });

            assertThat(log).containsExactly("inside", "outside", "outside");
            assertThat(context.get(variable)).isEqualTo("inside");
        }

        @Test
        void enteringItTwiceIsRefused() {
            Context context = Context.empty();

            context.run(() -> {
                assertThatThrownBy(() -> context.run(() -> null))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("already entered");
                return null;
            });
        }
    }

    @Nested
    class InCallbacks {

        @Test
        @Behaviour("CTX-03")
        void aDoneCallbackSeesWhatWasSetWhenItWasAddedAndCannotPolluteTheTask() {
            run(() -> {
                Promise<String> promise = loop.createPromise();
                variable.set("added");
                promise.addDoneCallback(_ -> {
                    say(variable.get());
                    variable.set("polluted");
                });
                variable.set("later");
                promise.complete("x");
                settle();
                say(variable.get());
            });

            assertThat(log).containsExactly("added", "later");
        }

        @Test
        void callbacksAndTimersSeeACopy() {
            run(() -> {
                variable.set("queued");
                loop.callSoon(() -> say(variable.get()));
                loop.callLater(ms(1), () -> say(variable.get()));
                variable.set("later");
                sleep(2);
            });

            assertThat(log).containsExactly("queued", "queued");
        }

        @Test
        void twoCallbacksDoNotSeeEachOther() {
            loop.callSoon(() -> {
                variable.set("first");
            });
            loop.callSoon(() -> say(variable.get()));

            runOneIteration();

            assertThat(log).containsExactly("unset");
        }
    }

    @Nested
    class Tokens {

        @Test
        void ofAnotherContextAreRefused() {
            run(() -> {
                ContextVar.Token token = variable.set("here");
                Async.createTask(() ->
                                assertThatThrownBy(token::close)
                                        .isInstanceOf(IllegalStateException.class)
                                        .hasMessageContaining("different context"))
                        .await();
                token.close();
                assertThatThrownBy(token::close).isInstanceOf(IllegalStateException.class);
                assertThat(variable.get()).isEqualTo("unset");
            });
        }
    }
}
