package dev.treadle.benchmarks.footprint;

import dev.treadle.benchmarks.contestants.Contestant;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/// Measures a memory row in this JVM, which is for that alone.
public final class MemoryProbe {
    /// So often the heap has to stay as it is.
    private static final int COLLECTIONS = 3;

    /// What does not count as shrinking.
    private static final long SLACK = 4096;

    /// For threads that let go of something when the collector tells them.
    private static final int PAUSE_MILLIS = 20;

    private MemoryProbe() {}

    /// Prints, for each size, the size and the bytes of one.
    ///
    /// @param args the class of the row, the contestant, and the sizes
    /// @throws Exception if it fails
    public static void main(String[] args) throws Exception {
        MemoryRow row =
                Class.forName(args[0])
                        .asSubclass(MemoryRow.class)
                        .getDeclaredConstructor()
                        .newInstance();
        Contestant who = Contestant.named(args[1]);
        List<Object> held = new ArrayList<>();
        try {
            held.add(row.hold(who, 100)); // so that classes and threads are there
            for (String each : List.of(args).subList(2, args.length)) {
                int size = Integer.parseInt(each);
                long before = usedHeap();
                held.add(row.hold(who, size));
                System.out.println(size + " " + (double) (usedHeap() - before) / size);
            }
        } finally {
            Reference.reachabilityFence(held);
        }
        // Nothing of what is held has to end.
        Runtime.getRuntime().halt(0);
    }

    /// What is in use when collecting frees nothing more.
    private static long usedHeap() throws InterruptedException {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        int unchanged = 0;
        while (unchanged < COLLECTIONS) {
            System.gc();
            Thread.sleep(PAUSE_MILLIS);
            long used = runtime.totalMemory() - runtime.freeMemory();
            if (used < least - SLACK) {
                least = used;
                unchanged = 0;
            } else {
                unchanged++;
            }
        }
        return least;
    }
}
