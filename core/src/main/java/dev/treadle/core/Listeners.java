package dev.treadle.core;

import dev.treadle.spi.LoopListener;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Objects;

/// The listeners of a loop, told as one. One that throws is told no more.
final class Listeners implements LoopListener {
    private static final System.Logger LOG = System.getLogger("dev.treadle");
    private static final LoopListener[] NONE = {};

    private final CoreEventLoop loop;
    private final Object lock = new Object();
    private boolean closed; // guarded by lock
    private volatile LoopListener[] attached =
            NONE; // written with the lock, read by any; never changed

    Listeners(CoreEventLoop loop) {
        this.loop = loop;
    }

    void add(LoopListener listener) {
        Objects.requireNonNull(listener, "listener");
        synchronized (lock) {
            if (!closed && indexOf(listener) < 0) {
                LoopListener[] more = Arrays.copyOf(attached, attached.length + 1);
                more[attached.length] = listener;
                attach(more);
            }
        }
    }

    void remove(LoopListener listener) {
        synchronized (lock) {
            int index = indexOf(listener);
            if (index >= 0) {
                LoopListener[] fewer = Arrays.copyOf(attached, attached.length - 1);
                System.arraycopy(attached, index + 1, fewer, index, fewer.length - index);
                attach(fewer);
            }
        }
    }

    /// Forgets all, and takes no more.
    void close() {
        synchronized (lock) {
            closed = true;
            attach(NONE);
        }
    }

    private int indexOf(LoopListener listener) {
        return Arrays.asList(attached).indexOf(listener);
    }

    /// Has the loop measure while there is one at least. With the lock.
    private void attach(LoopListener[] listeners) {
        attached = listeners;
        if (listeners.length == 0) {
            loop.dispatcher.measuring(null);
        } else if (loop.dispatcher.measuring() == null) {
            loop.dispatcher.measuring(new Measuring(loop::time, this));
        }
    }

    private void failed(LoopListener listener, Throwable failure) {
        remove(listener);
        LOG.log(
                Level.ERROR,
                "loop "
                        + loop.name()
                        + ": its listener "
                        + listener.getClass().getName()
                        + " failed and is told no more",
                failure);
    }

    @Override
    public void iterationBegins(int worker, int local, int injected) {
        for (LoopListener listener : attached) {
            try {
                listener.iterationBegins(worker, local, injected);
            } catch (Throwable e) {
                failed(listener, e);
            }
        }
    }

    @Override
    public void stepBegins(int worker, long queuedNanos, int standsFor) {
        for (LoopListener listener : attached) {
            try {
                listener.stepBegins(worker, queuedNanos, standsFor);
            } catch (Throwable e) {
                failed(listener, e);
            }
        }
    }

    @Override
    public void stepEnded(int worker, long tookNanos, int standsFor) {
        for (LoopListener listener : attached) {
            try {
                listener.stepEnded(worker, tookNanos, standsFor);
            } catch (Throwable e) {
                failed(listener, e);
            }
        }
    }

    @Override
    public void timerFires(int worker, long lateNanos) {
        for (LoopListener listener : attached) {
            try {
                listener.timerFires(worker, lateNanos);
            } catch (Throwable e) {
                failed(listener, e);
            }
        }
    }

    @Override
    public void offloadEnded(long tookNanos) {
        for (LoopListener listener : attached) {
            try {
                listener.offloadEnded(tookNanos);
            } catch (Throwable e) {
                failed(listener, e);
            }
        }
    }
}
