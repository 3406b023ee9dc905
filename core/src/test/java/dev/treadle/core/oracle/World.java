package dev.treadle.core.oracle;

import dev.treadle.EventLoop;
import dev.treadle.Future;
import dev.treadle.Promise;
import dev.treadle.Task;
import dev.treadle.core.VirtualTime;
import dev.treadle.core.oracle.Scenario.Entry;
import dev.treadle.sync.Barrier;
import dev.treadle.sync.Condition;
import dev.treadle.sync.Event;
import dev.treadle.sync.Lock;
import dev.treadle.sync.Queue;
import dev.treadle.sync.Semaphore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The shared objects of one run, and its log.
final class World {
    final EventLoop loop;
    final List<Promise<Object>> futures;
    final List<Lock> locks;
    final List<Event> events;
    final List<Condition> conditions;
    final List<Semaphore> semaphores;
    final List<Queue<Integer>> queues;
    final List<Barrier> barriers;

    private final VirtualTime time;
    private final List<Entry> log = new ArrayList<>();
    private final Map<String, Task<Object>> handles = new HashMap<>();
    private final List<Task<Object>> spawned = new ArrayList<>();
    private final Map<String, Integer> order =
            new HashMap<>(); // task name -> how many were spawned before it

    World(Scenario scenario, EventLoop loop, VirtualTime time) {
        this.loop = loop;
        this.time = time;
        futures =
                IntStream.range(0, scenario.futures())
                        .mapToObj(_ -> loop.<Object>createPromise())
                        .toList();
        locks = Stream.generate(Lock::new).limit(scenario.locks()).toList();
        events = Stream.generate(Event::new).limit(scenario.events()).toList();
        conditions = Stream.generate(Condition::new).limit(scenario.conditions()).toList();
        semaphores = scenario.semaphores().stream().map(Semaphore::new).toList();
        queues = scenario.queues().stream().map(Queue::<Integer>bounded).toList();
        barriers = scenario.barriers().stream().map(Barrier::new).toList();
    }

    void say(String who, String text) {
        log.add(new Entry(time.micros(), who, text));
    }

    List<Entry> log() {
        return List.copyOf(log);
    }

    String nameOfNext(String template) {
        return template + "." + spawned.size();
    }

    /// The name of a body that runs in the task of who waits for it. It may wait for what is
    /// spawned from now on.
    String nameOfGuest(String template) {
        String name = template + "!" + log.size();
        order.put(name, spawned.size() - 1);
        return name;
    }

    void add(Task<Object> task, String handle) {
        order.put(task.name(), spawned.size());
        spawned.add(task);
        handles.put(handle, task);
    }

    /// Looks at every failure, so that none is reported as never retrieved.
    void lookAtFailures(Task<Object> main) {
        Stream.of(spawned, List.of(main), futures)
                .flatMap(List::stream)
                .filter(future -> future.isDone() && !future.isCancelled())
                .forEach(Future::exception);
    }

    List<Task<Object>> spawned() {
        return spawned;
    }

    @Nullable Task<Object> task(String handle) {
        return handles.get(handle);
    }

    /// The handle's task, if it was spawned after the task `who`: waiting on it can then close no
    /// circle.
    @Nullable Task<Object> younger(String who, String handle) {
        Task<Object> task = handles.get(handle);
        return task != null && order.get(task.name()) > order.getOrDefault(who, -1) ? task : null;
    }

    /// Those of the handles' tasks that were spawned after the task `who`.
    List<Task<Object>> younger(String who, List<String> names) {
        return names.stream().map(handle -> younger(who, handle)).filter(Objects::nonNull).toList();
    }
}
