package com.example;

import dev.treadle.Async;

class Main {
    public static void main(String[] args) {
        try {
            Async.run(() -> System.out.println("never"));
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
        }
    }
}
