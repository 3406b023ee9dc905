package dev.treadle.core.weaver;

/// A method to compile.
///
/// @param host the class that declares it
/// @param name its name
/// @param descriptor its descriptor
/// @param token the index of the parameter on which it makes the calls that suspend, and with which
///   it may do nothing else; the compiled method never has one. -1 if it needs none
public record Target(Class<?> host, String name, String descriptor, int token) {}
