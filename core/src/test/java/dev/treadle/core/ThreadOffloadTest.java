package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked
class ThreadOffloadTest {

    /// A pool of the JDK's has terminated a moment before its last thread ends.
    @Test
    void whenAllWorkHasEndedNoThreadIsLeft() throws Exception {
        for (int i = 0; i < 1000; i++) {
            ThreadOffload offload = new ThreadOffload("test");
            CompletableFuture<Thread> worker = new CompletableFuture<>();
            offload.submit(() -> worker.complete(Thread.currentThread()));
            offload.shutdown();

            assertThat(offload.awaitTermination(Long.MAX_VALUE)).isTrue();

            assertThat(worker.get().isAlive()).as("in round %d", i).isFalse();
        }
    }
}
