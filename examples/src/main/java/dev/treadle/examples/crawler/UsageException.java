package dev.treadle.examples.crawler;

/// The program was called in a way that makes no sense; the message says how so, in one line.
final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
