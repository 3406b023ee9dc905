package dev.treadle.scheduler.test;

/// Who competes for the next step: a task, the loop's callbacks, or a thread. What belongs to one
/// line stays in order.
final class Line {
    /// The priority of a line that has not got one.
    static final int NONE = Integer.MIN_VALUE;

    final String name;
    int priority = NONE; // loop thread only: set by who chooses by priority

    Line(String name) {
        this.name = name;
    }

    @Override
    public String toString() {
        return name;
    }
}
