/// What the primitives and the task layer promise, in every order of steps that is free.
@NullUnmarked
package dev.treadle.scheduler.test.orders;

import org.jspecify.annotations.NullUnmarked;
