package dev.treadle.scheduler.test;

import java.util.SplittableRandom;

/// Every answer is as likely as the others.
final class RandomChooser implements Chooser {
    private final SplittableRandom random;

    RandomChooser(long seed) {
        this.random = new SplittableRandom(seed);
    }

    @Override
    public int choose(Candidates candidates) {
        return candidates.size() == 1 ? 0 : draw(candidates.size());
    }

    @Override
    public int draw(int size) {
        return random.nextInt(size);
    }
}
