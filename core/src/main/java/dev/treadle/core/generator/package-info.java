/// Generators: the rules of their states, and the engine that runs their bodies.
///
/// [dev.treadle.core.generator.GeneratorObject] knows the rules and nothing of threads; a
/// [dev.treadle.spi.Resumable] knows how to stop a body at a `yield` and nothing of the rules.
@NullMarked
package dev.treadle.core.generator;

import org.jspecify.annotations.NullMarked;
