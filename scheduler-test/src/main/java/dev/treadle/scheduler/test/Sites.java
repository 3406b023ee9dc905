package dev.treadle.scheduler.test;

import dev.treadle.Async;
import dev.treadle.TaskGroup;
import dev.treadle.core.CoreEventLoop;
import java.lang.StackWalker.Option;
import java.lang.StackWalker.StackFrame;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds the lines of the code under test on a stack.
final class Sites {
    private static final int MOST_LINES = 3;
    private static final StackWalker WALKER =
            StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE);
    private static final Set<String> MACHINERY =
            Stream.of(Async.class, CoreEventLoop.class, Sites.class)
                    .map(Sites::placeOf)
                    .filter(Objects::nonNull)
                    .collect(Collectors.toSet());

    private static final ClassValue<Boolean> IS_MACHINERY =
            new ClassValue<>() {
                @Override
                protected Boolean computeValue(Class<?> type) {
                    return isMachinery(type);
                }
            };

    private Sites() {}

    /// The innermost lines of the calling thread's stack that belong neither to Treadle nor to the
    /// JDK nor to JUnit.
    static Site here() {
        return new Site(WALKER.walk(Sites::innermost));
    }

    /// A loop, because it runs at every step that is recorded.
    private static List<StackFrame> innermost(Stream<StackFrame> stack) {
        List<StackFrame> found = new ArrayList<>(MOST_LINES);
        Iterator<StackFrame> frames = stack.iterator();
        while (found.size() < MOST_LINES && frames.hasNext()) {
            StackFrame frame = frames.next();
            if (!IS_MACHINERY.get(frame.getDeclaringClass())) {
                found.add(frame);
            }
        }
        return found;
    }

    /// Whether the calling code waits, at the end of a task group, for the group's tasks.
    static boolean isExitOfGroup() {
        return WALKER.walk(frames ->
                frames.anyMatch(frame ->
                        frame.getDeclaringClass() == TaskGroup.class
                                && frame.getMethodName().equals("exit")));
    }

    private static boolean isMachinery(Class<?> type) {
        String name = type.getName();
        if (name.startsWith("java.")
                || name.startsWith("jdk.")
                || name.startsWith("sun.")
                || name.startsWith("org.junit.")) {
            return true;
        }
        String place = placeOf(type);
        return place != null && MACHINERY.contains(place);
    }

    private static @Nullable String placeOf(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null || source.getLocation() == null
                ? null
                : source.getLocation().toString();
    }
}
