package dev.treadle.scheduler.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Runs that a [TreadleTest] repeats before it tries others: regressions.
///
/// A token keeps its meaning until the code under test takes its decisions elsewhere. From then on
/// the run is another one; what the test reports says so, and so does the failure, should there be
/// one. The system property `treadle.replay` has all tests run the run of its token and nothing
/// else, once.
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Replay {
    /// {@return the tokens, as failures have told them}
    String[] value();
}
