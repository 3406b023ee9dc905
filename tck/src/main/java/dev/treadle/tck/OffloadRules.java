package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// O1, blocking work.
abstract class OffloadRules extends Rules {

    OffloadRules(SchedulerTck tck) {
        super(tck);
    }

    @Test
    @Requirement("O1.1")
    void offloadedWorkMayBlockWhileTheLoopGoesOn() {
        run(() -> {
            CountDownLatch gate = new CountDownLatch(1);
            Future<String> work =
                    loop.offload(() -> {
                        await(gate, "the loop went on while work was blocked");
                        return "done";
                    });
            loop.callSoon(gate::countDown);
            assertThat(work.await()).as("result of the work").isEqualTo("done");
            Future<String> failing =
                    loop.offload(() -> {
                        throw new IOException("no such file");
                    });
            assertThat(thrownBy(failing::await))
                    .as("failure of the work")
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(IOException.class);
        });
    }

    @Test
    @Requirement("O1.2")
    void shuttingDownWaitsForWorkAndRefusesMore() {
        run(() -> {
            CountDownLatch gate = new CountDownLatch(1);
            Future<String> work =
                    loop.offload(() -> {
                        await(gate, "the work was let go on");
                        return "done";
                    });
            boolean early = loop.shutdownOffload(Duration.ofMillis(5)).await();
            assertThat(early).as("shutdownOffload while work goes on").isFalse();
            assertThat(thrownBy(() -> loop.offload(() -> "more")))
                    .as("offload after shutdownOffload")
                    .isInstanceOf(IllegalStateException.class);
            gate.countDown();
            boolean late = loop.shutdownOffload(tck().patience()).await();
            assertThat(late).as("shutdownOffload when the work has ended").isTrue();
            assertThat(work.await()).as("result of the work").isEqualTo("done");
        });
    }
}
