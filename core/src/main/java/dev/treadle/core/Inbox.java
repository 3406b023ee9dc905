package dev.treadle.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// What other threads have queued and the loop has not seen yet; also says whether the loop sleeps.
///
/// A stack that is pushed to by anybody, one CAS each, and taken whole by the holder of the turn.
/// While the loop sleeps its head is [#ASLEEP]: who replaces that mark, and nobody else, has to
/// wake the loop. So a wake-up is neither lost nor repeated.
final class Inbox {
    private static final VarHandle HEAD;

    static {
        try {
            HEAD = MethodHandles.lookup().findVarHandle(Inbox.class, "head", ReadyEntry.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final ReadyEntry ASLEEP =
            new ReadyEntry() {
                @Override
                void run() {
                    throw new AssertionError("the mark of a sleeping loop was run");
                }
            };

    private final Poller poller;

    // null   -> ASLEEP   by the holder of the turn, before it polls
    // ASLEEP -> null     by the same, after it polled
    // *      -> entry    by anybody
    // entry  -> null     by the holder of the turn, who takes all
    private volatile @Nullable ReadyEntry head; // any thread, CAS

    Inbox(Poller poller) {
        this.poller = poller;
    }

    /// Adds an entry, and wakes the loop if it sleeps. From any thread.
    void push(ReadyEntry entry) {
        ReadyEntry seen;
        do {
            seen = head;
            entry.nextInInbox = seen == ASLEEP ? null : seen;
        } while (!HEAD.compareAndSet(this, seen, entry));
        if (seen == ASLEEP) {
            poller.wakeup();
        }
    }

    /// Moves what is there to the ready queue, oldest first. By the holder of the turn, while
    /// awake.
    void drainTo(ReadyQueue ready) {
        if (head == null) {
            return;
        }
        ReadyEntry newest = (ReadyEntry) HEAD.getAndSet(this, (ReadyEntry) null);
        ReadyEntry oldest = null;
        for (ReadyEntry entry = newest; entry != null; ) {
            ReadyEntry next = entry.nextInInbox;
            entry.nextInInbox = oldest;
            oldest = entry;
            entry = next;
        }
        for (ReadyEntry entry = oldest; entry != null; ) {
            ReadyEntry next = entry.nextInInbox;
            entry.nextInInbox = null;
            ready.add(entry);
            entry = next;
        }
    }

    /// Marks the loop as sleeping, unless something is there. By the holder of the turn.
    boolean fallAsleep() {
        return HEAD.compareAndSet(this, (ReadyEntry) null, ASLEEP);
    }

    /// Takes the mark off, unless somebody has. By the holder of the turn.
    void wakeUp() {
        HEAD.compareAndSet(this, ASLEEP, (ReadyEntry) null);
    }
}
