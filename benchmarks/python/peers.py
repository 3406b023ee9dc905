"""The work of the rows in CPython's generators and asyncio, in the units of the page.

    peers.py version
    peers.py start CPYTHON|UVLOOP
    peers.py measure CPYTHON|UVLOOP ROW,ROW,... SECONDS quick|full FILE

A row is a function that is named as its class in Java and returns a dictionary of figures by
size; a row without sizes has size 0. Each does the work that the class documents.
"""

import asyncio
import sys
from time import perf_counter

SIZES = {
    "TreeWalk": (127, 1023, 8191, 65535),
    "DelegationChain": (1, 10, 100, 1000),
    "Switch": (10, 1000, 10_000, 100_000),
    "Gather": (100, 1000, 10_000, 100_000),
    "CancelSleeping": (100, 1000, 10_000, 100_000),
    "CallSoonThreadsafe": (1, 2),
    "QueueTransfer": (0, 64),
    "ArmAndCancel": (1000, 10_000, 100_000, 1_000_000),
    "Fire": (1000, 10_000, 100_000, 1_000_000),
    "MemoryOfTask": (1000, 10_000, 30_000, 100_000),
    "MemoryOfGenerator": (1000, 10_000, 30_000, 100_000),
    "MemoryOfTimer": (1000, 10_000, 30_000, 100_000),
}
QUICK = {
    "TreeWalk": 1023,
    "DelegationChain": 10,
    "Switch": 1000,
    "Gather": 10_000,
    "CancelSleeping": 10_000,
    "CallSoonThreadsafe": 1,
    "QueueTransfer": 64,
    "ArmAndCancel": 1000,
    "Fire": 1000,
    "MemoryOfTask": 10_000,
    "MemoryOfGenerator": 10_000,
    "MemoryOfTimer": 10_000,
}
COUNT = 10_000
LATER = 3600


def equal(expected, actual):
    if actual != expected:
        raise AssertionError(f"the result is {actual} and must be {expected}")


# Generators: a function of a size that returns (what to run, its number of operations).


def count(n):
    for i in range(n):
        yield i


def evens(n):
    for i in range(0, 2 * n, 2):
        yield i


def odds(n):
    for i in range(1, 2 * n, 2):
        yield i


def sum_of(numbers):
    total = 0
    for number in numbers:
        total += number
    return total


def next_one(_):
    return lambda: equal(COUNT * (COUNT - 1) // 2, sum_of(count(COUNT))), COUNT


def next_three(_):
    def work():
        below = COUNT * (COUNT - 1) // 2
        equal(
            below + 2 * below + 2 * below + COUNT,
            sum_of(count(COUNT)) + sum_of(evens(COUNT)) + sum_of(odds(COUNT)),
        )

    return work, 3 * COUNT


def send(_):
    def increments():
        sent = yield 0
        while True:
            sent = yield sent + 1

    def work():
        generator = increments()
        next(generator)
        total = 0
        for i in range(COUNT):
            total += generator.send(i)
        generator.close()
        equal(COUNT * (COUNT - 1) // 2, total - COUNT)

    return work, COUNT


def tree_walk(size):
    def grown(start, end):
        middle = (start + end) // 2
        return (
            grown(start, middle) if start < middle else None,
            middle,
            grown(middle + 1, end) if middle + 1 < end else None,
        )

    def walk(tree):
        left, value, right = tree
        if left:
            yield from walk(left)
        yield value
        if right:
            yield from walk(right)

    tree = grown(0, size)
    return lambda: equal(size * (size - 1) // 2, sum_of(walk(tree))), size


def delegation_chain(size):
    def chain(depth):
        if depth == 0:
            yield from count(COUNT)
        else:
            yield from chain(depth - 1)

    sys.setrecursionlimit(10_000)
    return lambda: equal(COUNT * (COUNT - 1) // 2, sum_of(chain(size))), COUNT


GENERATORS = {
    "NextOne": next_one,
    "NextThree": next_three,
    "Send": send,
    "TreeWalk": tree_walk,
    "DelegationChain": delegation_chain,
    "Push": next_one,
}


# Loops: a coroutine of a size that does the work once and returns (seconds, operations).


async def timed(work, operations):
    # Not loop.time(): that of uvloop counts milliseconds.
    before = perf_counter()
    await work
    return perf_counter() - before, operations


async def switch(size):
    switches = 1_000_000
    rounds = switches // size

    async def task():
        for _ in range(rounds):
            await asyncio.sleep(0)
        return rounds

    async def work():
        tasks = [asyncio.create_task(task()) for _ in range(size)]
        equal(switches, sum([await each for each in tasks]))

    return await timed(work(), switches)


async def spawn_finish(_):
    tasks, batch = 100_000, 1000
    done = 0

    async def task():
        nonlocal done
        done += 1
        return done

    async def work():
        for _ in range(tasks // batch):
            for each in [asyncio.create_task(task()) for _ in range(batch)]:
                await each
        equal(tasks, done)

    return await timed(work(), tasks)


async def spawn_await(_):
    async def one():
        return 1

    async def work():
        total = 0
        for _ in range(COUNT):
            total += await asyncio.create_task(one())
        equal(COUNT, total)

    return await timed(work(), COUNT)


async def gather(size):
    async def task(number):
        await asyncio.sleep(0)
        return number

    async def work():
        equal(size * (size - 1) // 2, sum(await asyncio.gather(*[task(i) for i in range(size)])))

    return await timed(work(), size)


async def group(_):
    groups, children = 100, 100
    done = 0

    async def child():
        nonlocal done
        await asyncio.sleep(0)
        done += 1

    async def work():
        for _ in range(groups):
            async with asyncio.TaskGroup() as scope:
                for _ in range(children):
                    scope.create_task(child())
        equal(groups * children, done)

    return await timed(work(), groups * children)


async def timeout_ready(_):
    async def one():
        return 1

    ready = asyncio.create_task(one())
    await ready

    async def work():
        total = 0
        for _ in range(COUNT):
            async with asyncio.timeout(60):
                total += await ready
        equal(COUNT, total)

    return await timed(work(), COUNT)


async def cancel_sleeping(size):
    tasks = [asyncio.create_task(asyncio.sleep(LATER)) for _ in range(size)]
    await asyncio.sleep(0)

    async def work():
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        equal(size, sum(task.cancelled() for task in tasks))

    return await timed(work(), size)


async def compute_two(_):
    steps = 20_000

    async def task(value):
        for _ in range(steps):
            value ^= value << 13 & 0xFFFFFFFFFFFFFFFF
            value ^= value >> 7
            value ^= value << 17 & 0xFFFFFFFFFFFFFFFF
        return value

    async def work():
        one, two = asyncio.create_task(task(1)), asyncio.create_task(task(2))
        await one, await two

    return await timed(work(), 2 * steps)


async def call_soon(_):
    calls, batch = 100_000, 1000
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    run = 0
    left = calls

    def callback():
        nonlocal run
        run += 1

    def feed():
        nonlocal left
        if left == 0:
            done.set_result(run)
            return
        for _ in range(batch):
            loop.call_soon(callback)
        left -= batch
        loop.call_soon(feed)

    async def work():
        feed()
        equal(calls, await done)

    return await timed(work(), calls)


async def call_soon_threadsafe(producers):
    import threading

    calls = 100_000
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    run = 0

    def callback():
        nonlocal run
        run += 1
        if run == calls:
            done.set_result(run)

    def produce():
        for _ in range(calls // producers):
            loop.call_soon_threadsafe(callback)

    async def work():
        for _ in range(producers):
            threading.Thread(target=produce).start()
        equal(calls, await done)

    return await timed(work(), calls)


async def queue_transfer(size):
    values = 20_000
    queue = asyncio.Queue(max(1, size))

    async def produce():
        for i in range(values):
            await queue.put(i)

    async def work():
        producer = asyncio.create_task(produce())
        total = 0
        for _ in range(values):
            total += await queue.get()
        await producer
        equal(values * (values - 1) // 2, total)

    return await timed(work(), values)


async def lock_hand_over(_):
    tasks, rounds = 10, 2000
    lock = asyncio.Lock()
    taken = 0

    async def task():
        nonlocal taken
        for _ in range(rounds):
            async with lock:
                taken += 1
                await asyncio.sleep(0)

    async def work():
        await asyncio.gather(*[task() for _ in range(tasks)])
        equal(tasks * rounds, taken)

    return await timed(work(), tasks * rounds)


def nothing():
    pass


def arm(size):
    loop = asyncio.get_running_loop()
    return [loop.call_later(LATER + i / 1000, nothing) for i in range(size)]


async def arm_and_cancel(size):
    armed = arm(size)
    loop = asyncio.get_running_loop()

    async def work():
        for _ in range(COUNT):
            loop.call_later(1800, nothing).cancel()

    try:
        return await timed(work(), COUNT)
    finally:
        for handle in armed:
            handle.cancel()


async def fire(size):
    armed = arm(size)
    timers = 1000
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    fired = 0

    def callback():
        nonlocal fired
        fired += 1
        if fired == timers:
            done.set_result(fired)

    async def work():
        for _ in range(timers):
            loop.call_later(1e-9, callback)
        equal(timers, await done)

    try:
        return await timed(work(), timers)
    finally:
        for handle in armed:
            handle.cancel()


LOOPS = {
    "Switch": switch,
    "SpawnFinish": spawn_finish,
    "SpawnAwait": spawn_await,
    "Gather": gather,
    "Group": group,
    "TimeoutReady": timeout_ready,
    "CancelSleeping": cancel_sleeping,
    "ComputeTwo": compute_two,
    "CallSoon": call_soon,
    "CallSoonThreadsafe": call_soon_threadsafe,
    "QueueTransfer": queue_transfer,
    "LockHandOver": lock_hand_over,
    "ArmAndCancel": arm_and_cancel,
    "Fire": fire,
}


# Memory: a coroutine of a size that returns what keeps so many alive.


async def idle_tasks(size):
    never = asyncio.get_running_loop().create_future()

    async def task():
        await never

    tasks = [asyncio.create_task(task()) for _ in range(size)]
    await asyncio.sleep(0)
    return tasks


async def suspended_generators(size):
    generators = [count(100) for _ in range(size)]
    for generator in generators:
        next(generator)
    return generators


async def armed_timers(size):
    return arm(size)


MEMORY = {
    "MemoryOfTask": idle_tasks,
    "MemoryOfGenerator": suspended_generators,
    "MemoryOfTimer": armed_timers,
}


async def bytes_of_each(hold, size):
    import tracemalloc

    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    held = await hold(size)
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    for each in held:
        if hasattr(each, "cancel"):
            each.cancel()
    return used / size


# Measuring.


def median_seconds(once, seconds):
    """Repeats what returns its own seconds and operations, for some seconds and at least twice."""
    from statistics import median

    once()
    figures = []
    end = perf_counter() + seconds
    while len(figures) < 2 or perf_counter() < end:
        taken, operations = once()
        figures.append(taken / operations)
    return median(figures)


def run(main, contestant):
    if contestant == "UVLOOP":
        import uvloop

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(main)
    return asyncio.run(main)


def timed_generator(make, size):
    work, operations = make(size)

    def once():
        before = perf_counter()
        work()
        return perf_counter() - before, operations

    return once


def measure(contestant, rows, seconds, quick):
    measurements = []
    for row in rows:
        sizes = SIZES.get(row, (0,))
        if quick and row in QUICK:
            sizes = (QUICK[row],)
        for size in sizes:
            if row in LOOPS:
                once = lambda: run(LOOPS[row](size), contestant)
                score = median_seconds(once, seconds) * 1e9
            elif row in GENERATORS and contestant == "CPYTHON":
                score = median_seconds(timed_generator(GENERATORS[row], size), seconds) * 1e9
            elif row in MEMORY and contestant == "CPYTHON":
                score = run(bytes_of_each(MEMORY[row], size), contestant)
            else:
                continue
            print(f"# {contestant} {row} {size}: {score:.0f}", file=sys.stderr)
            measurements.append(
                {
                    "row": row,
                    "contestant": contestant,
                    "size": size,
                    "score": score,
                    "error": 0,
                    "bytes": -1,
                }
            )
    return measurements


def version():
    text = "CPython " + sys.version.split()[0]
    try:
        import uvloop

        return f"{text}, uvloop {uvloop.__version__}"
    except ImportError:
        return text


async def first():
    return 1


def main():
    match sys.argv[1:]:
        case ["version"]:
            print(version())
        case ["start", contestant]:
            print(run(first(), contestant))
        case ["measure", contestant, rows, seconds, pace, file]:
            import json

            result = measure(contestant, rows.split(","), float(seconds), pace == "quick")
            with open(file, "w", encoding="utf-8") as out:
                json.dump(result, out)
        case _:
            sys.exit(__doc__)


main()
