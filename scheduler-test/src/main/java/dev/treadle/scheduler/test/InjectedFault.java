package dev.treadle.scheduler.test;

/// What an await throws that was made to fail by [Fault#EXCEPTION].
public final class InjectedFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    InjectedFault(String message) {
        super(message);
    }
}
