package dev.treadle.spi;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// The part of a stack that the user wrote.
public final class UserFrames {
    /// How many frames a creation site has at most, as in asyncio's debug mode.
    private static final int MOST_AT_CREATION = 10;

    private static final Set<String> OURS =
            Set.of("dev.treadle", "dev.treadle.graph", "dev.treadle.spi", "dev.treadle.sync");
    private static final StackWalker WALKER = StackWalker.getInstance();

    private UserFrames() {}

    /// Cuts the frames off by which a task is suspended and was started.
    ///
    /// @param stack the stack of the thread that carries a task, innermost first
    /// @return the frames from where the task awaits to its body
    public static List<StackTraceElement> of(StackTraceElement[] stack) {
        List<StackTraceElement> frames = Arrays.asList(stack);
        int to = withoutStart(frames);
        int from = 0;
        while (from < to && isLooking(stack[from].getClassName())) {
            from++;
        }
        return withoutGlue(frames.subList(from, to));
    }

    /// Cuts the frames off by which a task or callback was started.
    ///
    /// @param stack the stack of a thread that runs a step, innermost first
    /// @return the frames from where it stands, be it inside the JDK, to its body; all if that is
    ///   nothing
    public static List<StackTraceElement> ofRunning(StackTraceElement[] stack) {
        List<StackTraceElement> frames = Arrays.asList(stack);
        int to = withoutStart(frames);
        return withoutGlue(to == 0 ? frames : frames.subList(0, to));
    }

    /// Leaves out the steps from one coroutine to the one that it awaits.
    private static List<StackTraceElement> withoutGlue(List<StackTraceElement> frames) {
        return frames.stream()
                .filter(frame -> !frame.getClassName().equals("dev.treadle.Coroutine"))
                .toList();
    }

    /// {@return where the calling code was called from, beginning with the innermost frame that is
    /// not Treadle's own; a few frames}
    public static List<StackTraceElement> here() {
        List<StackTraceElement> frames =
                WALKER.walk(all ->
                        all.dropWhile(frame -> isTreadle(frame.getClassName()))
                                .limit(MOST_AT_CREATION)
                                .map(StackWalker.StackFrame::toStackTraceElement)
                                .toList());
        return frames.subList(0, withoutStart(frames));
    }

    /// How many frames there are before those by which a task or callback was started.
    private static int withoutStart(List<StackTraceElement> frames) {
        int end = frames.size();
        while (end > 0 && isStart(frames.get(end - 1).getClassName())) {
            end--;
        }
        return end;
    }

    private static boolean isTreadle(String type) {
        return isMachinery(type)
                || (type.startsWith("dev.treadle.") && OURS.contains(packageOf(type)));
    }

    /// Whether it is what suspends a task, or what looks at the stack of the one that runs.
    private static boolean isLooking(String type) {
        return isMachinery(type) || type.startsWith("dev.treadle.graph.");
    }

    private static boolean isStart(String type) {
        return isMachinery(type)
                || type.startsWith("dev.treadle.Coroutine")
                || type.startsWith("dev.treadle.spi.");
    }

    private static boolean isMachinery(String type) {
        return type.startsWith("java.")
                || type.startsWith("jdk.")
                || type.startsWith("dev.treadle.core.");
    }

    private static String packageOf(String type) {
        return type.substring(0, type.lastIndexOf('.'));
    }
}
