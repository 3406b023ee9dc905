/// A Spring Boot application that greets from an event loop.
@NullMarked
package dev.treadle.examples.spring;

import org.jspecify.annotations.NullMarked;
