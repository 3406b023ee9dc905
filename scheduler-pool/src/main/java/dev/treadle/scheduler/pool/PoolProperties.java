package dev.treadle.scheduler.pool;

import dev.treadle.core.PoolConfig;
import dev.treadle.core.PoolConfig.WhenFull;

/// The system properties that say how large a pool is.
final class PoolProperties {
    private static final String PARALLELISM = "treadle.pool.parallelism";
    private static final String LIMIT = "treadle.pool.limit";
    private static final String FULL = "treadle.pool.full";

    /// More carriers than this are surely a slip: the platform threads alone would take gigabytes.
    private static final int MOST_CARRIERS = 4096;

    private PoolProperties() {}

    /// Reads them.
    ///
    /// @throws IllegalArgumentException if one is not what it has to be; the message says which,
    ///   and what it may be
    static PoolConfig read() {
        return new PoolConfig(
                number(PARALLELISM, Runtime.getRuntime().availableProcessors(), MOST_CARRIERS),
                number(LIMIT, Integer.MAX_VALUE, Integer.MAX_VALUE),
                whenFull());
    }

    private static int number(String property, int absent, int most) {
        String value = System.getProperty(property);
        if (value == null) {
            return absent;
        }
        int number;
        try {
            number = Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw mustBe(property, value, "a number from 1 to " + most);
        }
        if (number < 1 || number > most) {
            throw mustBe(property, value, "a number from 1 to " + most);
        }
        return number;
    }

    private static WhenFull whenFull() {
        String value = System.getProperty(FULL, "refuse");
        return switch (value) {
            case "refuse" -> WhenFull.REFUSE;
            case "wait" -> WhenFull.WAIT;
            default -> throw mustBe(FULL, value, "refuse or wait");
        };
    }

    private static IllegalArgumentException mustBe(String property, String value, String what) {
        return new IllegalArgumentException("-D" + property + "=" + value + ": must be " + what);
    }
}
