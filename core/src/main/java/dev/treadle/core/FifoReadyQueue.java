package dev.treadle.core;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// First in, first out: asyncio's order.
public final class FifoReadyQueue implements ReadyQueue {
    private final ArrayDeque<ReadyEntry> entries = new ArrayDeque<>(64);

    /// Makes an empty queue.
    public FifoReadyQueue() {}

    @Override
    public void add(ReadyEntry entry) {
        entries.addLast(entry);
    }

    @Override
    public @Nullable ReadyEntry poll() {
        return entries.pollFirst();
    }

    @Override
    public int size() {
        return entries.size();
    }
}
