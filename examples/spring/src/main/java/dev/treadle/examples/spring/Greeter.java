package dev.treadle.examples.spring;

import dev.treadle.Async;
import dev.treadle.Coroutine;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// Greets, after some thought.
@RestController
class Greeter {
    private final RunningLoop running;

    Greeter(RunningLoop running) {
        this.running = running;
    }

    @GetMapping("/hello/{name}")
    String hello(@PathVariable("name") String name)
            throws ExecutionException, InterruptedException {
        return Async.runCoroutineThreadsafe(Coroutine.of(() -> greet(name)), running.loop()).get();
    }

    private static String greet(String name) {
        Async.sleep(Duration.ofMillis(20)).await();
        return "hello " + name;
    }
}
