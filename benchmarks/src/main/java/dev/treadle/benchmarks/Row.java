package dev.treadle.benchmarks;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Tells what a row of the page compares.
///
/// A row is a class of benchmarks that do the same work. A method is named for who does it, in
/// lower camel case of a constant of [dev.treadle.benchmarks.contestants.Peer], unless a parameter
/// named `on` says it. A parameter named `size` is how much of it there is; the time of a row that
/// has one is plotted over it.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Row {
    /// The sections of the page.
    enum Family {
        /// Generators.
        GENERATORS("Generators"),
        /// Tasks.
        TASKS("Tasks"),
        /// Callbacks.
        CALLBACKS("Callbacks"),
        /// Queues and locks.
        SYNC("Queues and locks"),
        /// Timers.
        TIMERS("Timers"),
        /// Memory.
        MEMORY("Memory"),
        /// Starting a JVM.
        STARTUP("Start-up");

        private final String title;

        Family(String title) {
            this.title = title;
        }

        /// {@return the heading}
        public String title() {
            return title;
        }
    }

    /// {@return which section it is in}
    Family family();

    /// {@return what is measured}
    String title();

    /// {@return what one operation is}
    String operation();

    /// {@return what it is measured in: ns, ms or B}
    String unit() default "ns";

    /// {@return what everybody does, and what is left out}
    String work();

    /// {@return why Treadle is not ahead, if it is not, and what would close the gap}
    String behind() default "";

    /// {@return what the size counts, if there is one}
    String counts() default "";

    /// {@return whether the measured time is that of `size` operations}
    boolean perSize() default false;

    /// {@return the one size that a quick run takes}
    int quickSize() default 0;
}
