/// Verifies a scheduler, rule by rule of the contract.
module dev.treadle.tck {
    requires transitive dev.treadle;
    requires transitive org.junit.jupiter.api;
    requires org.assertj.core;
    requires static org.jspecify;

    exports dev.treadle.tck;

    opens dev.treadle.tck to
            org.junit.platform.commons;
}
