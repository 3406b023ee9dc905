package dev.treadle.scheduler.test;

/// Who is ready for longest goes first, and nothing unusual happens.
final class FifoChooser implements Chooser {
    @Override
    public int choose(Candidates candidates) {
        return 0;
    }

    @Override
    public int draw(int size) {
        return 0;
    }
}
