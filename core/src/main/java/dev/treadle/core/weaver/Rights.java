package dev.treadle.core.weaver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;

/// The right to act as a class of the user's.
public final class Rights {
    private Rights() {}

    /// Finds the rights of a class. Everything on the class path grants them; a named module does
    /// for the packages that it opens.
    ///
    /// @param host the class
    /// @return its rights
    /// @throws Refusal if its module keeps it to itself; the message says what to add
    public static Lookup of(Class<?> host) {
        Module self = Rights.class.getModule();
        Module module = host.getModule();
        if (!module.isOpen(host.getPackageName(), self)) {
            throw Refusal.of(
                    "the package "
                            + host.getPackageName()
                            + " is not open: add \"opens "
                            + host.getPackageName()
                            + (self.isNamed() ? " to " + self.getName() : "")
                            + ";\" to the declaration of module "
                            + module.getName());
        }
        self.addReads(module);
        try {
            return MethodHandles.privateLookupIn(host, MethodHandles.lookup());
        } catch (IllegalAccessException e) {
            throw Refusal.of(host.getName() + " is not accessible: " + e.getMessage());
        }
    }
}
