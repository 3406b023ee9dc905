/// What a scheduler, an observer of loops or a generator engine implements; applications need
/// nothing of it.
@NullMarked
package dev.treadle.spi;

import org.jspecify.annotations.NullMarked;
