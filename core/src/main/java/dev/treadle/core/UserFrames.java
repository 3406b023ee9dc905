package dev.treadle.core;

import java.util.Arrays;
import java.util.List;

/// The part of a suspended runner's stack that the user wrote.
final class UserFrames {
    private UserFrames() {}

    /// Cuts the frames off by which a runner is parked and was started.
    static List<StackTraceElement> of(StackTraceElement[] stack) {
        int from = 0;
        int to = stack.length;
        while (from < to && isMachinery(stack[from])) {
            from++;
        }
        while (to > from && (isMachinery(stack[to - 1]) || isCoroutine(stack[to - 1]))) {
            to--;
        }
        return List.copyOf(Arrays.asList(stack).subList(from, to));
    }

    private static boolean isMachinery(StackTraceElement frame) {
        String type = frame.getClassName();
        return type.startsWith("java.")
                || type.startsWith("jdk.")
                || type.startsWith("dev.treadle.core.");
    }

    private static boolean isCoroutine(StackTraceElement frame) {
        return frame.getClassName().startsWith("dev.treadle.Coroutine")
                || frame.getClassName().startsWith("dev.treadle.spi.");
    }
}
