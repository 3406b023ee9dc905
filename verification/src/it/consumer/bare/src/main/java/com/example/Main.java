package com.example;

import dev.treadle.Async;
import dev.treadle.Generator;

class Main {
    public static void main(String[] args) {
        explain(() -> Async.run(() -> System.out.println("never")));
        explain(() -> Generator.of(y -> y.yield("never")));
        explain(() -> Generator.of(y -> y.yield("not the second time either")));
    }

    private static void explain(Runnable attempt) {
        try {
            attempt.run();
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
        }
    }
}
