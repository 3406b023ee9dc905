/// The worked examples of the guide in `docs`, as programs.
@NullMarked
package dev.treadle.examples.guide;

import org.jspecify.annotations.NullMarked;
