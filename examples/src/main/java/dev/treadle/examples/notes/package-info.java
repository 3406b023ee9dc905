/// The programs of the notes that this project started from, each beside its Python original in the
/// tests' resources.
@NullMarked
package dev.treadle.examples.notes;

import org.jspecify.annotations.NullMarked;
