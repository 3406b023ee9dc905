package dev.treadle;

import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A scope to which others are added while its body runs; they are left in the reverse order.
///
/// ```java
/// new AsyncExitStack().run(stack -> {
///     List<Connection> connections = new ArrayList<>();
///     for (Address address : addresses) {
///         connections.add(stack.enter(connection(address)).await());
///     }
///     transfer(connections);
/// }).await();
/// ```
///
/// Each one that is left sees the exception of what was left before it, and may replace or swallow
/// it, as if the scopes were nested.
///
/// All methods must be called in the body's task.
///
/// Source of the semantics: `contextlib.AsyncExitStack`.
public final class AsyncExitStack implements AsyncScope<AsyncExitStack> {

    /// What leaving one entry does.
    private interface Exit {
        boolean leave(@Nullable Throwable error) throws Exception;
    }

    private final ArrayDeque<Exit> exits = new ArrayDeque<>(); // the body's task only

    /// Makes an empty stack.
    public AsyncExitStack() {}

    /// Enters another scope, which will be left with this one.
    ///
    /// @param <T> what entering gives
    /// @param scope what to enter
    /// @return a coroutine that gives what entering gives; if that fails, the scope is not added
    public <T extends @Nullable Object> Coroutine<T> enter(AsyncScope<T> scope) {
        Objects.requireNonNull(scope, "scope");
        return Coroutine.of(() -> {
            T value = scope.enter().await();
            exits.push(error -> scope.exit(error).await());
            return value;
        });
    }

    /// Adds a resource, which will be closed with this scope.
    ///
    /// @param <C> the resource's type
    /// @param resource what to close
    /// @return the resource
    public <C extends AutoCloseable> C use(C resource) {
        Objects.requireNonNull(resource, "resource");
        exits.push(_ -> {
            resource.close();
            return false;
        });
        return resource;
    }

    /// Adds an action, which will run when this scope is left.
    ///
    /// @param action what to run; it may await
    public void onExit(Coroutine.Action action) {
        Objects.requireNonNull(action, "action");
        exits.push(_ -> {
            action.run();
            return false;
        });
    }

    /// Takes all entries out, so that leaving this scope does not leave them.
    ///
    /// For code that enters several scopes and hands them on if all went well.
    ///
    /// Source of the semantics: `AsyncExitStack.pop_all`.
    ///
    /// @return a new stack with the entries
    public AsyncExitStack moveAll() {
        AsyncExitStack moved = new AsyncExitStack();
        moved.exits.addAll(exits);
        exits.clear();
        return moved;
    }

    /// Enters this scope, which does nothing.
    @Override
    public Awaitable<AsyncExitStack> enter() {
        return () -> this;
    }

    /// Leaves all entries, the latest first.
    @Override
    public Coroutine<Boolean> exit(@Nullable Throwable error) {
        return Coroutine.of(() -> {
            Throwable current = error;
            while (!exits.isEmpty()) {
                current = leave(exits.pop(), current);
            }
            if (current != null && current != error) {
                throw Rethrow.asException(current);
            }
            return error != null && current == null;
        });
    }

    private static @Nullable Throwable leave(Exit exit, @Nullable Throwable error) {
        try {
            return exit.leave(error) ? null : error;
        } catch (Throwable e) {
            AsyncScopes.attach(error, e);
            return e;
        }
    }
}
