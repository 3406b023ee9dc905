package dev.treadle.jmx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.example.app.Shop;
import dev.treadle.Async;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.Task;
import dev.treadle.TaskOptions;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import javax.management.JMException;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LoopMBeansTest {
    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

    private static EventLoop newLoop(String name) {
        return EventLoop.create(LoopConfig.defaults().withName(name));
    }

    private static EventLoopMXBean bean(String name) throws JMException {
        ObjectName registered = LoopMBeans.name(name);
        assertThat(SERVER.isRegistered(registered)).as("%s", registered).isTrue();
        return JMX.newMXBeanProxy(SERVER, registered, EventLoopMXBean.class);
    }

    private static void awaitThat(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    @Nested
    class ALoop {

        @Test
        void isRegisteredFromItsCreationToItsClose() throws JMException {
            EventLoop loop = newLoop("orders");

            EventLoopMXBean bean = bean("orders");

            assertThat(bean.getName()).isEqualTo("orders");
            assertThat(bean.getScheduler()).isEqualTo("single");
            assertThat(bean.getCarriers()).isEqualTo(System.getProperty("treadle.test.carriers"));
            assertThat(bean.isRunning()).isFalse();
            assertThat(bean.getTaskCount()).isZero();
            loop.close();
            assertThat(SERVER.isRegistered(LoopMBeans.name("orders"))).isFalse();
            loop.close();
        }

        @Test
        void getsANumberIfItsNameIsTaken() throws JMException {
            EventLoop first = newLoop("twin");
            EventLoop second = newLoop("twin");

            assertThat(bean("twin").getName()).isEqualTo("twin");
            assertThat(bean("twin-2").getName()).isEqualTo("twin");
            second.close();
            assertThat(SERVER.isRegistered(LoopMBeans.name("twin-2"))).isFalse();
            assertThat(SERVER.isRegistered(LoopMBeans.name("twin"))).isTrue();
            first.close();
        }

        @Test
        void mayHaveAnyName() throws JMException {
            String name = "a,b=\"c\"*?\n:d";
            try (EventLoop _ = newLoop(name)) {
                assertThat(bean(name).getName()).isEqualTo(name);
            }
        }

        @Test
        void isSwitchedIntoDebugModeFromOutside() throws JMException {
            try (EventLoop loop = newLoop("switched")) {
                EventLoopMXBean bean = bean("switched");
                bean.setDebug(true);
                bean.setSlowCallbackMillis(250);

                assertThat(loop.debug()).isTrue();
                assertThat(bean.isDebug()).isTrue();
                assertThat(bean.getSlowCallbackMillis()).isEqualTo(250);
                assertThat(loop.slowCallback().toMillis()).isEqualTo(250);
                assertThatThrownBy(() -> bean.setSlowCallbackMillis(-1))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }

        @Test
        void thatIsDroppedIsCollectedAndUnregistered() throws JMException {
            ObjectName name = LoopMBeans.name("dropped");
            newLoop("dropped");

            awaitThat(() -> {
                System.gc();
                return !SERVER.isRegistered(name);
            });
        }
    }

    @Nested
    class AStuckLoop {

        /// Runs a loop that two tasks keep busy: one has blocked its thread, the other awaits it.
        private void whileStuck(String name, Coroutine.Action meanwhile) throws Exception {
            EventLoop loop = newLoop(name);
            CountDownLatch release = new CountDownLatch(1);
            Thread thread =
                    Thread.ofPlatform()
                            .daemon()
                            .start(() ->
                                    loop.runUntilComplete(
                                            Coroutine.of(() -> {
                                                Task<?> checkout =
                                                        Async.createTask(
                                                                () -> {
                                                                    Async.yieldNow().await();
                                                                    Shop.callTheBank(release);
                                                                },
                                                                TaskOptions.named("checkout"));
                                                Shop.awaitCheckout(checkout);
                                            })));
            try {
                EventLoopMXBean bean = bean(name);
                awaitThat(() ->
                        bean.pstree().contains("CountDownLatch.await")
                                && bean.ps().contains("callTheBank"));
                meanwhile.run();
            } finally {
                release.countDown();
                thread.join();
                loop.close();
            }
        }

        @Test
        void answersWhoHoldsItUpAndWhoWaits() throws Exception {
            whileStuck(
                    "stuck",
                    () -> {
                        EventLoopMXBean bean = bean("stuck");

                        assertThat(bean.isRunning()).isTrue();
                        assertThat(bean.getTaskCount()).isEqualTo(2);
                        assertThat(bean.pstree())
                                .contains("CountDownLatch.await")
                                .contains("at com.example.app.Shop.callTheBank(Shop.java:")
                                .containsSubsequence(
                                        "task Task-1 (suspended)",
                                        "Shop.awaitCheckout",
                                        "└── task checkout (running)");
                        assertThat(bean.ps()).contains("checkout", "awaitCheckout");
                        assertThat(bean.json(10)).contains("\"name\":\"checkout\"");
                        assertThat(bean.json(1)).doesNotContain("\"name\":\"checkout\"");
                    });
        }

        @Test
        void answersTheCommandOfAnotherProcess() throws Exception {
            String self = "" + ProcessHandle.current().pid();
            whileStuck(
                    "asked",
                    () -> {
                        Answer tree = ask("pstree", self);
                        assertThat(tree.code).isZero();
                        assertThat(tree.out)
                                .contains("loop asked (single), 2 tasks", "Shop.callTheBank");
                        assertThat(tree.err).isEmpty();

                        assertThat(ask("ps", self, "asked").out).contains("checkout");
                        assertThat(ask("json", self, "asked").out).contains("{\"loop\":\"asked\"");
                    });
        }

        @Test
        void thatIsNotThereIsSaidToBeMissing() {
            Answer answer = ask("ps", "" + ProcessHandle.current().pid(), "absent");

            assertThat(answer.code).isEqualTo(1);
            assertThat(answer.err).contains("has no loop dev.treadle:type=EventLoop,name=absent");
            assertThat(answer.out).isEmpty();
        }

        @Test
        void ofAProcessThatIsNotThereIsSaidToBeOutOfReach() {
            Answer answer = ask("ps", "no-process");

            assertThat(answer.code).isEqualTo(1);
            assertThat(answer.err).startsWith("cannot ask process no-process: ");
        }

        @Test
        void questionsThatAreNotUnderstoodAreAnsweredWithTheUsage() {
            for (String[] question :
                    List.of(new String[0], new String[] {"ps"}, new String[] {"top", "1"})) {
                Answer answer = ask(question);

                assertThat(answer.code).isEqualTo(2);
                assertThat(answer.err).startsWith("usage: ");
            }
        }

        private record Answer(int code, String out, String err) {}

        private static Answer ask(String... arguments) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            int code =
                    new AskLoops(
                                    new PrintStream(out, true, StandardCharsets.UTF_8),
                                    new PrintStream(err, true, StandardCharsets.UTF_8))
                            .run(List.of(arguments));
            return new Answer(
                    code,
                    out.toString(StandardCharsets.UTF_8),
                    err.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    void namesAreOfTheDomainOfTreadle() throws JMException {
        try (EventLoop _ = newLoop("listed")) {
            Set<ObjectName> names =
                    SERVER.queryNames(new ObjectName("dev.treadle:type=EventLoop,*"), null);

            assertThat(names).contains(new ObjectName("dev.treadle:type=EventLoop,name=listed"));
        }
    }
}
