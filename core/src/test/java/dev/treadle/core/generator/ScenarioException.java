package dev.treadle.core.generator;

/// An exception that recorded bodies throw and catch: Python's classes `E1` and `E2`.
final class ScenarioException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String name;

    ScenarioException(Operation.Fault fault) {
        super(fault.message());
        this.name = fault.name();
    }

    String name() {
        return name;
    }
}
