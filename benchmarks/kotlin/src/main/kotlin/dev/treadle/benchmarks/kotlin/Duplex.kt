package dev.treadle.benchmarks.kotlin

import kotlin.coroutines.Continuation
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.RestrictsSuspension
import kotlin.coroutines.createCoroutine
import kotlin.coroutines.intrinsics.COROUTINE_SUSPENDED
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn
import kotlin.coroutines.resume

/**
 * A generator that values are sent into. The standard library has none, so this is written on its
 * intrinsics as `iterator { }` is.
 */
@RestrictsSuspension
class Duplex private constructor() : Continuation<Unit> {
    private var resumption: Continuation<Int>? = null
    private var yielded = 0
    override val context: CoroutineContext = EmptyCoroutineContext

    override fun resumeWith(result: Result<Unit>) {
        resumption = null
        result.getOrThrow()
    }

    private suspend fun exchange(value: Int): Int = suspendCoroutineUninterceptedOrReturn {
        yielded = value
        resumption = it
        COROUTINE_SUSPENDED
    }

    /** Sends a value and returns what is yielded for it. */
    fun send(value: Int): Int {
        resumption!!.resume(value)
        return yielded
    }

    companion object {
        /** A generator that yields one more than what was sent. */
        @JvmStatic
        fun increments(): Duplex {
            val duplex = Duplex()
            val body: suspend Duplex.() -> Unit = {
                var sent = exchange(0)
                while (true) sent = exchange(sent + 1)
            }
            body.createCoroutine(duplex, duplex).resume(Unit)
            return duplex
        }
    }
}
