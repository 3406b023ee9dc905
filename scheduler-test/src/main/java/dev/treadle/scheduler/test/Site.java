package dev.treadle.scheduler.test;

import java.lang.StackWalker.StackFrame;
import java.util.List;
import java.util.stream.Collectors;

/// Lines of the code under test, as they were on a stack, innermost first.
///
/// They are named when somebody asks: most never are, and to look a line up takes longer than to
/// find its frame.
record Site(List<StackFrame> frames) {
    static final Site UNKNOWN = new Site(List.of());

    boolean isKnown() {
        return !frames.isEmpty();
    }

    /// {@return the innermost line, as `File.java:12`}
    String line() {
        return describe(frames.getFirst());
    }

    /// {@return all lines, each followed by its caller's}
    String lines() {
        return frames.stream().map(Site::describe).collect(Collectors.joining(" ← "));
    }

    private static String describe(StackFrame frame) {
        return frame.getFileName() + ":" + frame.getLineNumber();
    }
}
