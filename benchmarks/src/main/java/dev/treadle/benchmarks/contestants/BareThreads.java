package dev.treadle.benchmarks.contestants;

import dev.treadle.core.CarrierChoice;
import dev.treadle.core.Carriers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Virtual threads on the carriers of a loop that unpark one another, with no loop at all.
@State(Scope.Benchmark)
public class BareThreads {
    /// On which carriers.
    @Param({"BARE_MOUNTED", "BARE_BATON"})
    public Peer on = Peer.BARE_BATON;

    /// Chooses the carriers.
    @Setup
    public void choose() {
        System.setProperty("treadle.carriers", on == Peer.BARE_MOUNTED ? "mounted" : "baton");
    }

    /// One place of the ring.
    private static final class Place implements Runnable {
        private final int rounds;
        private int done; // owner thread only, and after its end by who joins it
        private volatile boolean turn; // written by the place before, cleared by the owner
        private Place next = this; // effectively final after start
        private Thread thread = Thread.currentThread(); // effectively final after start

        Place(int rounds) {
            this.rounds = rounds;
        }

        @Override
        public void run() {
            while (done < rounds) {
                while (!turn) {
                    LockSupport.park(this);
                }
                turn = false;
                done++;
                next.take();
            }
        }

        void take() {
            turn = true;
            LockSupport.unpark(thread);
        }
    }

    /// Threads pass a turn round and round.
    ///
    /// @param size how many threads there are
    /// @param rounds how often each has the turn
    /// @return how often it was passed
    /// @throws InterruptedException never
    public long passTurn(int size, int rounds) throws InterruptedException {
        Carriers carriers = CarrierChoice.newCarriers("bare");
        List<Place> ring = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            Place place = new Place(rounds);
            place.thread = carriers.newThread("bare", place);
            ring.add(place);
        }
        for (int i = 0; i < size; i++) {
            ring.get(i).next = ring.get((i + 1) % size);
        }
        for (Place place : ring) {
            place.thread.start();
        }
        ring.getFirst().take();
        long passed = 0;
        for (Place place : ring) {
            place.thread.join();
            passed += place.done;
        }
        carriers.close();
        return passed;
    }
}
