/// A bridge to Micrometer's context-propagation.
@NullMarked
package dev.treadle.propagation;

import org.jspecify.annotations.NullMarked;
