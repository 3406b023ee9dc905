/// Runs programs that CPython has run before, so that the logs can be compared.
package dev.treadle.core.oracle;
