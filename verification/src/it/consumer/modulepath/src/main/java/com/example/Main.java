package com.example;

import dev.treadle.Async;
import dev.treadle.EventLoop;
import dev.treadle.Generator;
import java.time.Duration;
import java.util.List;

class Main {
    static String greet(String name, int millis) {
        Async.sleep(Duration.ofMillis(millis)).await();
        return "hello " + name;
    }

    public static void main(String[] args) {
        Async.run(() -> {
            var slow = Async.createTask(() -> greet("slow", 20));
            var fast = Async.createTask(() -> greet("fast", 10));
            System.out.println(Async.gather(List.of(slow, fast)).await());
            System.out.println("scheduler " + EventLoop.running().scheduler());
            System.out.println("carriers " + EventLoop.running().carriers());
        });
        Generator<Integer> squares = Generator.of(y -> {
            for (int i = 1; ; i++) {
                y.yield(i * i);
            }
        });
        System.out.println(squares.stream().limit(4).toList());
        System.out.println("named module " + Main.class.getModule().isNamed());
    }
}
