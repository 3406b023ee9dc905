package dev.treadle.core.oracle;

import dev.treadle.Async;
import dev.treadle.Async.Waited;
import dev.treadle.Async.When;
import dev.treadle.Awaitable;
import dev.treadle.CancelledError;
import dev.treadle.Coroutine;
import dev.treadle.EventLoop;
import dev.treadle.ExceptionGroup;
import dev.treadle.InvalidStateException;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.TaskGroup;
import dev.treadle.TaskOptions;
import dev.treadle.Timeout;
import dev.treadle.TimeoutError;
import dev.treadle.core.VirtualTime;
import dev.treadle.core.oracle.Scenario.Op;
import dev.treadle.core.oracle.Scenario.Outcome;
import dev.treadle.sync.Condition;
import dev.treadle.sync.Queue;
import dev.treadle.sync.QueueEmpty;
import dev.treadle.sync.QueueFull;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Runs a scenario, operation by operation as the recording program does.
public final class Interpreter {
    private final Map<String, List<Op>> templates;
    private final World world;

    private Interpreter(Map<String, List<Op>> templates, World world) {
        this.templates = templates;
        this.world = world;
    }

    /// Runs a scenario on a loop that is used for nothing else.
    public static Outcome run(Scenario scenario, EventLoop loop, VirtualTime time) {
        World world = new World(scenario, loop, time);
        return new Interpreter(scenario.tasks(), world).run(scenario.main());
    }

    private Outcome run(List<Op> body) {
        Task<Object> main =
                world.loop.createTask(coroutine("main", body), TaskOptions.named("main"));
        String end = "done";
        try {
            world.loop.runUntilComplete(main);
        } catch (VirtualTime.Deadlock e) {
            end = "deadlock";
        } catch (Throwable e) { // main's own failure, which is part of the outcome
            end = Describe.error(e);
        }
        List<Task<Object>> left =
                world.spawned().stream()
                        .filter(task -> !task.isDone())
                        .collect(Collectors.toList());
        if (!main.isDone()) {
            left.add(main);
        }
        world.say("loop", "left " + left.stream().map(Task::name).collect(Collectors.joining(",")));
        left.forEach(Task::cancel);
        if (!left.isEmpty()) {
            try {
                world.loop.runUntilComplete(ended(left));
            } catch (VirtualTime.Deadlock e) {
                end += " stuck";
            }
        }
        world.lookAtFailures(main);
        return new Outcome(
                world.log(),
                end); // before the loop is closed: what closing does to who is stuck is no part of
        // it
    }

    /// What `asyncio.gather(*left, return_exceptions=True)` is, hop by hop, outside a running loop.
    private Promise<Object> ended(List<Task<Object>> left) {
        Promise<Object> all = world.loop.createPromise();
        int[] pending = {left.size()};
        for (Task<Object> task : left) {
            task.addDoneCallback(_ -> {
                if (--pending[0] == 0) {
                    all.tryComplete(left.size());
                }
            });
        }
        return all;
    }

    private Coroutine<Object> coroutine(String who, List<Op> ops) {
        return Coroutine.<Object>of(() -> body(who, ops));
    }

    /// One task: runs its operations and logs how it ends.
    private @Nullable Object body(String who, List<Op> ops) {
        Object value = null;
        try {
            steps(who, ops, null);
        } catch (Failures.Return e) {
            value = e.value();
        } catch (Throwable e) {
            world.say(who, "ends " + Describe.error(e));
            throw e;
        }
        world.say(who, "returns " + Describe.value(value));
        return value;
    }

    private void steps(String who, List<Op> ops, @Nullable TaskGroup group) {
        for (Op op : ops) {
            step(who, op, group);
        }
    }

    private void step(String who, Op op, @Nullable TaskGroup group) {
        switch (op.kind()) {
            case "log" -> say(who, op.text(0));
            case "sleep" -> {
                Async.sleep(micros(op.number(0))).await();
                say(who, "slept " + op.number(0));
            }
            case "spawn" -> spawn(op.text(0), op.text(1), world.loop::createTask);
            case "group_spawn" -> {
                try {
                    spawn(op.text(0), op.text(1), Objects.requireNonNull(group)::createTask);
                } catch (IllegalStateException e) {
                    say(who, "group refuses");
                }
            }
            case "await" -> {
                Task<Object> task = world.younger(who, op.text(0));
                if (task != null) {
                    say(who, "got " + Describe.value(task.await()));
                }
            }
            case "shield" -> {
                Task<Object> task = world.younger(who, op.text(0));
                if (task != null) {
                    say(who, "shielded " + Describe.value(Async.shield(task).await()));
                }
            }
            case "cancel" -> {
                Task<Object> task = world.task(op.text(0));
                if (task != null) {
                    boolean accepted = op.hasArgument(1) ? task.cancel(op.text(1)) : task.cancel();
                    say(who, "cancel " + op.text(0) + " " + Describe.truth(accepted));
                }
            }
            case "state" -> {
                Task<Object> task = world.task(op.text(0));
                if (task != null) {
                    say(who, op.text(0) + " " + Describe.state(task));
                }
            }
            case "cancelling" -> say(who, "cancelling " + currentTask().cancelling());
            case "uncancel" -> say(who, "uncancel " + currentTask().uncancel());
            case "future_set" -> {
                try {
                    world.futures.get(op.number(0)).complete(op.number(1));
                } catch (InvalidStateException e) {
                    say(who, "already set");
                }
            }
            case "future_fail" -> {
                try {
                    world.futures.get(op.number(0)).fail(new Failures.Named(op.text(1), "f"));
                } catch (InvalidStateException e) {
                    say(who, "already set");
                }
            }
            case "future_cancel" ->
                    say(
                            who,
                            "future cancel "
                                    + Describe.truth(world.futures.get(op.number(0)).cancel()));
            case "future_await" ->
                    say(who, "future " + Describe.value(world.futures.get(op.number(0)).await()));
            case "return" -> throw new Failures.Return(op.number(0));
            case "raise" -> throw new Failures.Named(op.text(0), op.text(1));
            case "try" -> guarded(who, op, group);
            case "repeat" -> {
                List<Op> ops = op.ops(1);
                for (int i = 0; i < op.number(0); i++) {
                    steps(who, ops, group);
                }
            }
            case "gather" -> gather(who, world.younger(who, op.texts(0)), op.flag(1));
            case "wait" -> {
                List<Task<Object>> tasks = world.younger(who, op.texts(0));
                if (!tasks.isEmpty()) {
                    waitForSome(who, tasks, op);
                }
            }
            case "wait_for" -> {
                Task<Object> task = world.younger(who, op.text(0));
                if (task != null) {
                    inTime(who, task, micros(op.number(1)));
                }
            }
            case "wait_for_new" -> {
                String name = world.nameOfGuest(op.text(0));
                inTime(who, coroutine(name, template(op.text(0))), micros(op.number(1)));
            }
            case "timeout" -> {
                Timeout scope = Timeout.after(micros(op.number(0)));
                scope.run(() -> steps(who, op.ops(1), group)).await();
                say(who, "scope expired=" + Describe.truth(scope.expired()));
            }
            case "group" -> {
                TaskGroup.run(inner -> steps(who, op.ops(0), inner)).await();
                say(who, "group done");
            }
            case "lock" -> {
                try (var _ = world.locks.get(op.number(0)).acquire().await()) {
                    say(who, "locked " + op.number(0));
                    steps(who, op.ops(1), group);
                }
                say(who, "unlocked " + op.number(0));
            }
            case "semaphore" -> {
                try (var _ = world.semaphores.get(op.number(0)).acquire().await()) {
                    say(who, "permit " + op.number(0));
                    steps(who, op.ops(1), group);
                }
            }
            case "event_wait" -> {
                world.events.get(op.number(0)).await().await();
                say(who, "event " + op.number(0));
            }
            case "event_set" -> world.events.get(op.number(0)).set();
            case "event_clear" -> world.events.get(op.number(0)).clear();
            case "condition_wait" -> {
                Condition condition = world.conditions.get(op.number(0));
                try (var _ = condition.acquire().await()) {
                    condition.await().await();
                    say(who, "notified " + op.number(0));
                }
            }
            case "notify" -> {
                Condition condition = world.conditions.get(op.number(0));
                try (var _ = condition.acquire().await()) {
                    condition.signal(op.number(1));
                    say(who, "notify " + op.number(0));
                }
            }
            case "barrier" ->
                    say(who, "barrier " + world.barriers.get(op.number(0)).await().await());
            case "put" -> {
                world.queues.get(op.number(0)).put(op.number(1)).await();
                say(who, "put " + op.number(1));
            }
            case "get" -> say(who, "took " + world.queues.get(op.number(0)).get().await());
            case "try_put" -> {
                try {
                    world.queues.get(op.number(0)).putNow(op.number(1));
                    say(who, "put " + op.number(1));
                } catch (QueueFull e) {
                    say(who, "full");
                }
            }
            case "try_get" -> {
                try {
                    say(who, "took " + world.queues.get(op.number(0)).getNow());
                } catch (QueueEmpty e) {
                    say(who, "empty");
                }
            }
            case "queue_shutdown" -> {
                Queue<Integer> queue = world.queues.get(op.number(0));
                if (op.flag(1)) {
                    queue.shutdownNow();
                } else {
                    queue.shutdown();
                }
            }
            case "call_soon" -> world.loop.callSoon(() -> say("loop", op.text(0)));
            case "call_later" ->
                    world.loop.callLater(micros(op.number(0)), () -> say("loop", op.text(1)));
            default -> throw new AssertionError("unknown operation " + op.node());
        }
    }

    private void guarded(String who, Op attempt, @Nullable TaskGroup group) {
        try {
            steps(who, attempt.ops(0), group);
        } catch (Failures.Return e) {
            throw e;
        } catch (Throwable e) {
            List<Op> handler = handlerOf(e, attempt.argument(1));
            if (handler == null) {
                throw e;
            }
            say(who, "caught " + Describe.error(e));
            steps(who, handler, group);
        } finally {
            steps(who, attempt.ops(2), group);
        }
    }

    private static @Nullable List<Op> handlerOf(Throwable error, JsonNode handlers) {
        for (JsonNode handler : handlers) {
            if (matches(error, handler.get(0).stringValue())) {
                return Op.list(handler.get(1));
            }
        }
        return null;
    }

    private static boolean matches(Throwable error, String name) {
        return switch (name) {
            case "cancel" -> error instanceof CancelledError;
            case "timeout" -> error instanceof TimeoutError;
            case "group" -> error instanceof ExceptionGroup;
            default -> error instanceof Failures.Named named && named.name().equals(name);
        };
    }

    private void gather(String who, List<Task<Object>> tasks, boolean settled) {
        String values =
                settled
                        ? Async.gatherSettled(tasks).await().stream()
                                .map(Describe::settled)
                                .collect(Collectors.joining(","))
                        : Async.gather(tasks).await().stream()
                                .map(Describe::value)
                                .collect(Collectors.joining(","));
        say(who, "gathered " + values);
    }

    private void waitForSome(String who, List<Task<Object>> tasks, Op op) {
        When when = When.valueOf(op.text(1));
        Waited<Task<Object>> waited =
                op.argument(2).isNull()
                        ? Async.wait(tasks, when).await()
                        : Async.wait(tasks, when, micros(op.number(2))).await();
        say(
                who,
                "waited done="
                        + Describe.names(waited.done())
                        + " pending="
                        + Describe.names(waited.pending()));
    }

    private void inTime(String who, Awaitable<Object> awaitable, Duration limit) {
        say(who, "in time " + Describe.value(Async.waitFor(awaitable, limit).await()));
    }

    private interface Creation {
        Task<Object> create(Coroutine<Object> coroutine, TaskOptions options);
    }

    private void spawn(String template, String handle, Creation creation) {
        String name = world.nameOfNext(template);
        Coroutine<Object> body = coroutine(name, template(template));
        world.add(creation.create(body, TaskOptions.named(name)), handle);
    }

    private List<Op> template(String name) {
        return Objects.requireNonNull(templates.get(name), name);
    }

    private void say(String who, String text) {
        world.say(who, text);
    }

    private static Task<?> currentTask() {
        return Objects.requireNonNull(Async.currentTask());
    }

    private static Duration micros(int count) {
        return Duration.of(count, ChronoUnit.MICROS);
    }
}
