package dev.treadle.benchmarks.kotlin

import java.util.concurrent.Executors
import java.util.concurrent.atomic.AtomicLong
import java.util.function.IntToLongFunction
import kotlin.coroutines.EmptyCoroutineContext
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExecutorCoroutineDispatcher
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield

/** The work of the benchmarks in coroutines, on the loop of `runBlocking` or on a dispatcher. */
class Coroutines private constructor(private val dispatcher: CoroutineDispatcher?) : AutoCloseable {
    companion object {
        /** Coroutines on the event loop that `runBlocking` has on the calling thread. */
        @JvmStatic fun eventLoop() = Coroutines(null)

        /** Coroutines on a thread of their own. */
        @JvmStatic
        fun single() =
            Coroutines(
                Executors.newSingleThreadExecutor { Thread(it).apply { isDaemon = true } }
                    .asCoroutineDispatcher())

        /** Coroutines on as many threads as there are processors. */
        @JvmStatic @JvmName("onDefault") fun default() = Coroutines(Dispatchers.Default)
    }

    override fun close() {
        // Dispatchers.Default is nobody's to close.
        if (dispatcher != Dispatchers.Default) (dispatcher as? ExecutorCoroutineDispatcher)?.close()
    }

    private fun <T> blocking(block: suspend CoroutineScope.() -> T): T =
        runBlocking(dispatcher ?: EmptyCoroutineContext, block)

    /** Suspends and resumes `tasks` coroutines `rounds` times each; returns how many were done. */
    fun switches(tasks: Int, rounds: Int): Long = blocking {
        val done = LongArray(tasks)
        val jobs =
            List(tasks) { launch { repeat(rounds) { _ -> yield(); done[it]++ } } }
        jobs.joinAll()
        done.sum()
    }

    /** Starts a coroutine and awaits it, n times one after the other. */
    fun spawnAndAwait(n: Int): Long = blocking {
        var sum = 0L
        repeat(n) { sum += async { 1 }.await() }
        sum
    }

    /** Awaits n coroutines together, each of which suspends once. */
    fun gather(n: Int): Long = blocking {
        List(n) {
                async {
                    yield()
                    it.toLong()
                }
            }
            .awaitAll()
            .sum()
    }

    /** Runs groups of `n` coroutines, each of which suspends once. */
    fun groups(groups: Int, n: Int): Long = blocking {
        val done = AtomicLong()
        repeat(groups) {
            coroutineScope {
                repeat(n) {
                    launch {
                        yield()
                        done.incrementAndGet()
                    }
                }
            }
        }
        done.get()
    }

    /** Starts n coroutines in batches, each of which ends without having suspended. */
    fun spawnAndFinish(n: Int, batch: Int): Long = blocking {
        val done = AtomicLong()
        repeat(n / batch) {
            List(batch) { async { done.incrementAndGet() } }.awaitAll()
        }
        done.get()
    }

    /** Starts n coroutines that sleep, and returns when all do. Needs a dispatcher. */
    fun startSleeping(n: Int): Sleeping {
        val scope = CoroutineScope(SupervisorJob() + dispatcher!!)
        val jobs = List(n) { scope.launch(start = CoroutineStart.UNDISPATCHED) { delay(3_600_000) } }
        return Sleeping(jobs)
    }

    /** Coroutines that sleep. */
    inner class Sleeping internal constructor(private val jobs: List<Job>) {
        /** Cancels and joins them; returns how many ended cancelled. */
        fun cancel(): Long = blocking {
            jobs.forEach { it.cancel() }
            jobs.joinAll()
            jobs.count { it.isCancelled }.toLong()
        }
    }

    /** Starts n coroutines that wait for what never comes; what keeps them is returned. */
    fun startIdle(n: Int): Any {
        val scope = CoroutineScope(SupervisorJob() + dispatcher!!)
        val never = CompletableDeferred<Unit>()
        return List(n) { scope.launch(start = CoroutineStart.UNDISPATCHED) { never.await() } }
    }

    /** Awaits what is ready under a timeout, n times. */
    fun timeouts(n: Int): Long = blocking {
        val ready = async { 1L }
        ready.await()
        var sum = 0L
        repeat(n) { sum += withTimeout(60_000) { ready.await() } }
        sum
    }

    /** Sends n values through a channel of a capacity; 0 is a rendezvous. */
    fun channel(capacity: Int, n: Int): Long = blocking {
        val channel = Channel<Int>(capacity)
        launch {
            for (i in 0 until n) channel.send(i)
            channel.close()
        }
        var sum = 0L
        for (value in channel) sum += value
        sum
    }

    /** Hands a mutex among `tasks` coroutines, which suspend while they hold it. */
    fun lockHandOver(tasks: Int, rounds: Int): Long = blocking {
        val mutex = Mutex()
        var count = 0L
        List(tasks) {
                launch {
                    repeat(rounds) {
                        mutex.withLock {
                            count++
                            yield()
                        }
                    }
                }
            }
            .joinAll()
        count
    }

    /** Runs a CPU-bound piece of work in two coroutines. */
    fun compute(work: IntToLongFunction): Long = blocking {
        val one = async { work.applyAsLong(1) }
        val two = async { work.applyAsLong(2) }
        one.await() xor two.await()
    }
}
