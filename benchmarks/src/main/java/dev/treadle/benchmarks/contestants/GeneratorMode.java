package dev.treadle.benchmarks.contestants;

/// How Treadle runs the body of a generator.
public enum GeneratorMode implements Contestant {
    /// As a state machine, on the caller's stack.
    COMPILED("compiled"),
    /// On a virtual thread of its own.
    STACKFUL("stackful"),
    /// The body calls the consumer; nothing is suspended.
    PUSHED("pushed");

    private final String label;

    GeneratorMode(String label) {
        this.label = label;
    }

    /// Makes this the mode of this JVM. It counts at the first generator, so that a JVM is for one
    /// mode.
    public void choose() {
        System.setProperty("treadle.compile", this == STACKFUL ? "off" : "on");
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public Kind kind() {
        return Kind.TREADLE;
    }
}
