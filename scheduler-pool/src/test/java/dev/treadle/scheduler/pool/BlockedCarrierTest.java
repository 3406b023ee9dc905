package dev.treadle.scheduler.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Async;
import dev.treadle.EventLoop;
import dev.treadle.LoopConfig;
import dev.treadle.TaskOptions;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// In debug mode a step that blocks its carrier is named, with where it stands.
@NullUnmarked
class BlockedCarrierTest {
    private static final Logger LOGGER = Logger.getLogger("dev.treadle");
    private static final String STANDS = "BlockedCarrierTest.standStill"; // in a warning's stack

    private final BlockingQueue<String> warnings = new LinkedBlockingQueue<>();
    private final Handler recorder =
            new Handler() {
                @Override
                public void publish(LogRecord message) {
                    warnings.add(message.getMessage());
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @BeforeEach
    void record() {
        LOGGER.addHandler(recorder);
        LOGGER.setUseParentHandlers(false);
    }

    @AfterEach
    void stopRecording() {
        LOGGER.removeHandler(recorder);
        LOGGER.setUseParentHandlers(true);
    }

    @Test
    void aStepThatBlocksIsNamedWhileItDoes() {
        CountDownLatch opened = new CountDownLatch(1);

        Async.run(
                () -> {
                    EventLoop.running().slowCallback(Duration.ofMillis(5));
                    var task =
                            Async.createTask(
                                    () -> standStill(opened),
                                    TaskOptions.defaults().withName("stubborn"));
                    // Taken on a thread of its own, so that this step is not the slow one.
                    String warning =
                            Async.toThread(
                                            () -> {
                                                String next = warnings.take();
                                                while (!next.contains("stubborn")
                                                        || !next.contains(STANDS)) {
                                                    next = warnings.take();
                                                }
                                                return next;
                                            })
                                    .await();
                    assertThat(warning)
                            .contains("has been running for")
                            .containsPattern("and holds up carrier \\d+ of \\d+; it stands here")
                            .contains("BlockedCarrierTest.standStill");
                    opened.countDown();
                    task.await();
                },
                LoopConfig.defaults().withDebug(true));

        assertThat(warnings).anyMatch(each -> each.contains("executing Task[stubborn"));
    }

    private static void standStill(CountDownLatch opened) throws InterruptedException {
        opened.await();
    }
}
