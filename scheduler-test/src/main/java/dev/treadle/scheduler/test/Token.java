package dev.treadle.scheduler.test;

import dev.treadle.scheduler.test.Choices.Recorded;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A run as text: the decisions that differ from FIFO, and the fault that was injected.
///
/// @param recorded the decisions; where the number of answers is not kept it is zero
/// @param injection the fault, or null
record Token(Recorded recorded, @Nullable Injection injection) {
    private static final String PREFIX = "trd1:";
    private static final int VERSION = 1;
    private static final int MOST_DECISIONS = 8 * Limits.MOST_STEPS; // no run takes as many
    private static final List<Fault> FAULTS = List.of(Fault.values());
    private static final List<Injection.Moment> MOMENTS = List.of(Injection.Moment.values());

    @Override
    public String toString() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(VERSION);
        if (injection == null) {
            out.write(0);
        } else {
            out.write(code(injection.fault()));
            write(out, injection.await());
            write(out, MOMENTS.indexOf(injection.moment()));
        }
        int[] taken = recorded.taken();
        write(out, taken.length);
        int last = -1;
        for (int i = 0; i < taken.length; i++) {
            if (taken[i] != 0) {
                write(out, i - last);
                write(out, recorded.sizes()[i]);
                write(out, taken[i]);
                last = i;
            }
        }
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(out.toByteArray());
    }

    private static int code(Fault fault) {
        return 1 + FAULTS.indexOf(fault);
    }

    private static void write(ByteArrayOutputStream out, int value) {
        int left = value;
        while (left >= 0x80) {
            out.write((left & 0x7f) | 0x80);
            left >>>= 7;
        }
        out.write(left);
    }

    /// Reads a token.
    ///
    /// @throws IllegalArgumentException if the text is none
    static Token parse(String text) {
        if (!text.startsWith(PREFIX)) {
            throw new IllegalArgumentException(
                    "not a replay token: \""
                            + text
                            + "\"; copy it from the failure, where it begins with "
                            + PREFIX);
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text.substring(PREFIX.length()).strip());
            ByteArrayInputStream in = new ByteArrayInputStream(bytes);
            if (in.read() != VERSION) {
                throw new IllegalArgumentException("it is of another version");
            }
            int code = in.read();
            Injection injection =
                    code == 0
                            ? null
                            : new Injection(FAULTS.get(code - 1), read(in), MOMENTS.get(read(in)));
            int length = read(in);
            if (length < 0 || length > MOST_DECISIONS) {
                throw new IllegalArgumentException("it has " + length + " decisions");
            }
            int[] taken = new int[length];
            int[] sizes = new int[taken.length];
            for (int at = -1; in.available() > 0; ) {
                at += read(in);
                sizes[at] = read(in);
                taken[at] = read(in);
            }
            return new Token(new Recorded(sizes, taken, 0), injection);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "replay token \"" + text + "\" is damaged: " + e.getMessage(), e);
        }
    }

    private static int read(ByteArrayInputStream in) {
        int value = 0;
        for (int shift = 0; ; shift += 7) {
            int next = in.read();
            if (next < 0 || shift > 28) {
                throw new IllegalArgumentException("it ends too early");
            }
            value |= (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
    }
}
