package dev.treadle.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@NullUnmarked
class InboxTest {

    private static final class Posted extends ReadyEntry {
        @Override
        void run() {}
    }

    /// What is told while entries are being moved: as if who moves them stood still there.
    @Nested
    class InTheMiddleOfAMove {
        private final Inbox inbox = new Inbox(new ParkingPoller());
        private final List<Inbox.Contents> told = new ArrayList<>();

        private final ReadyQueue looking =
                new ReadyQueue() {
                    @Override
                    public void add(ReadyEntry entry) {
                        told.add(inbox.contents());
                    }

                    @Override
                    public @Nullable ReadyEntry poll() {
                        return null;
                    }

                    @Override
                    public int size() {
                        return 0;
                    }
                };

        @Test
        void whatWasToldToBePushedStaysTold() {
            inbox.push(new Posted());
            inbox.push(new Posted());
            assertThat(inbox.contents()).isEqualTo(new Inbox.Contents(2, 2));

            inbox.drainTo(looking);
            assertThat(told).hasSize(2).containsOnly(new Inbox.Contents(2, 2));
            assertThat(inbox.contents()).isEqualTo(new Inbox.Contents(0, 2));
        }

        @Test
        void whatNobodyWasToldOfIsMissingUntilItHasMoved() {
            inbox.push(new Posted());

            inbox.drainTo(looking);
            assertThat(told).containsExactly(new Inbox.Contents(0, 0));
            assertThat(inbox.contents()).isEqualTo(new Inbox.Contents(0, 1));
        }
    }
}
