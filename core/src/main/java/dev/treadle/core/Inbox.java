package dev.treadle.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
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
                public boolean isInternal() {
                    return true;
                }

                @Override
                void run() {
                    throw new AssertionError("the mark of a sleeping loop was run");
                }
            };

    private static final int LOOK_UP = 256;

    /// What another thread sees.
    ///
    /// @param waiting how much was pushed and not moved
    /// @param everPushed how much was ever pushed
    record Contents(int waiting, long everPushed) {
        static final Contents NONE = new Contents(0, 0);
    }

    private final Poller poller;
    private final Version version = new Version(); // of what moves from head to moved
    private final Counter.Owned moved = Counter.owned(); // by the holder of the turn
    private final AtomicLong everTold = new AtomicLong(); // the most that contents() has told

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
        version.changing();
        ReadyEntry newest = (ReadyEntry) HEAD.getAndSet(this, (ReadyEntry) null);
        ReadyEntry oldest = null;
        for (ReadyEntry entry = newest; entry != null; ) {
            ReadyEntry next = entry.nextInInbox;
            entry.nextInInbox = oldest;
            oldest = entry;
            entry = next;
        }
        int count = 0;
        for (ReadyEntry entry = oldest; entry != null; ) {
            ReadyEntry next = entry.nextInInbox;
            entry.nextInInbox = null;
            ready.add(entry);
            if (!entry.isInternal()) {
                count++;
            }
            entry = next;
        }
        moved.add(count);
        version.changed();
    }

    /// How much was ever moved to the ready queue, the loop's own entries left aside.
    long moved() {
        return moved.get();
    }

    /// Counts what is there, the loop's own entries left aside. From any thread: it walks the
    /// stack, of which only the top changes unless it is being moved.
    ///
    /// If who moves it stands still in the middle, what was pushed since this was last called is
    /// missing.
    Contents contents() {
        int attempt = 0;
        do {
            long seen = version.now();
            long before = moved.get();
            int waiting = 0;
            int walked = 0;
            for (ReadyEntry entry = head; entry != null; entry = entry.nextInInbox) {
                if (!entry.isInternal()) {
                    waiting++;
                }
                // Entries that are being moved may lead round and round.
                if (++walked % LOOK_UP == 0 && !version.isCurrent(seen)) {
                    break;
                }
            }
            if (version.isCurrent(seen)) {
                everTold.accumulateAndGet(before + waiting, Math::max);
                return new Contents(waiting, before + waiting);
            }
        } while (Version.awaitChange(attempt++));
        long nowMoved = moved.get();
        long everPushed = everTold.accumulateAndGet(nowMoved, Math::max);
        return new Contents((int) (everPushed - nowMoved), everPushed);
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
