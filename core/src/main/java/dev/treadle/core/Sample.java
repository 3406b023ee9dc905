package dev.treadle.core;

import org.jspecify.annotations.Nullable;

/// The stamp of a step that was chosen to be measured: when it became ready.
final class Sample {
    final Measuring measuring; // for whom it was taken

    long readyAt; // by who makes the step ready
    int standsFor; // likewise: how many steps
    @Nullable Sample next; // of those that are not in use; loop thread only

    Sample(Measuring measuring) {
        this.measuring = measuring;
    }
}
