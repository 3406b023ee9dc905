package dev.treadle;

import java.util.concurrent.Flow;

/// A subscription of nobody to nothing: given to who is refused, and kept instead of one that is
/// over.
enum NoSubscription implements Flow.Subscription {
    INSTANCE;

    @Override
    public void request(long count) {}

    @Override
    public void cancel() {}
}
