package dev.treadle.spi;

import java.util.List;
import java.util.ServiceLoader;

/// Where Treadle looks for what an application has added to it.
public final class Providers {
    private Providers() {}

    /// Finds the providers of one of the services of this package.
    ///
    /// Looks where Treadle itself was loaded from, and if there is none, where the calling thread's
    /// context class loader looks: a container may keep the application's jars in a loader of its
    /// own.
    ///
    /// @param <S> the service
    /// @param service a service of this package
    /// @return a new instance of each provider; empty if there is none
    /// @throws java.util.ServiceConfigurationError if a provider is broken
    public static <S> List<S> find(Class<S> service) {
        List<S> found = instances(ServiceLoader.load(service, Providers.class.getClassLoader()));
        return found.isEmpty() ? instances(ServiceLoader.load(service)) : found;
    }

    private static <S> List<S> instances(ServiceLoader<S> loader) {
        return loader.stream().map(ServiceLoader.Provider::get).toList();
    }
}
